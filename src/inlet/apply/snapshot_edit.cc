#include <string>
#include <utility>

#include "inlet/apply/snapshot_edit_internal.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"

namespace inlet::apply {
namespace {

// The bytes that a RowKey would give.
std::string sequence_of(std::int64_t number) {
  BatchBuilder row(
      std::make_shared<const Schema>(Schema{.fields = {{"number", {TypeKind::Long}, false, ""}}}));
  row.column(0).append_int64(number);
  const Batch batch = row.finish();
  std::string bytes;
  if (const auto key = RowKey::make(batch, {"number"})) key->append_to(bytes, 0);
  return bytes;
}

// Only what the snapshot has is compared.
bool is_told(const std::vector<Cell>& row, const std::vector<Cell>& stored) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_sent && row[i].hash != stored[i].hash) return false;
  }
  return true;
}

}  // namespace

HistoryEdit edit_snapshot(const StoredHistory& stored, std::vector<Event> rows, std::int64_t number,
                          bool keeps_versions) {
  HistoryEdit edit;
  edit.outcomes.assign(rows.size(), Outcome::Deduplicated);
  bool is_there = false;
  for (std::size_t i = 0; i < stored.versions.size(); ++i) {
    const Version& version = stored.versions[i];
    if (version.end) continue;
    if (!rows.empty() && is_told(rows.back().cells, version.cells)) {
      is_there = true;
      continue;
    }
    edit.remove.push_back(i);
    edit.has_deleted = edit.has_deleted || rows.empty();
    if (!keeps_versions) continue;
    edit.add.push_back(version);
    edit.add.back().end = sequence_of(number);
  }
  if (rows.empty()) return edit;
  edit.outcomes.back() = is_there ? Outcome::Unchanged : Outcome::Committed;
  if (is_there) return edit;
  edit.add.push_back({.sequence = {}, .cells = std::move(rows.back().cells)});
  if (keeps_versions) edit.add.back().start = sequence_of(number);
  return edit;
}

}  // namespace inlet::apply
