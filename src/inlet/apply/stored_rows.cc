#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "inlet/apply/row_marks_internal.h"
#include "inlet/apply/stored_rows_internal.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::apply {
namespace {

bool is_before(const StoredRow* a, const StoredRow* b) {
  return std::tie(a->file, a->position) < std::tie(b->file, b->position);
}

}  // namespace

Result<StoredRows> StoredRows::locate(const delta::Snapshot& table, index::KeyLocator& locator,
                                      std::span<const std::string_view> keys) {
  StoredRows found(table);
  found.files_ = TRY(table.files());
  std::vector<index::Located> located = TRY(locator.locate(table, found.files_, keys));
  std::ranges::stable_sort(located, {}, &index::Located::key);
  found.begins_.assign(keys.size() + 1, 0);
  for (index::Located& row : located) {
    ++found.begins_[row.key + 1];
    found.rows_.push_back({.key = row.key,
                           .file = row.file,
                           .position = row.position,
                           .sequence = std::move(row.sequence)});
  }
  for (std::size_t i = 1; i < found.begins_.size(); ++i) found.begins_[i] += found.begins_[i - 1];
  return found;
}

std::span<StoredRow> StoredRows::of(std::uint32_t key) {
  return std::span(rows_).subspan(begins_[key], begins_[key + 1] - begins_[key]);
}

Status StoredRows::read(std::vector<StoredRow*> rows, RowGather& gather) {
  std::erase_if(rows, [](const StoredRow* row) { return row->is_read; });
  std::ranges::sort(rows, is_before);
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(
        first, rows.end(), [first](const StoredRow* row) { return row->file != (*first)->file; });
    TRY(read_file({first, last}, gather));
    first = last;
  }
  return {};
}

Status StoredRows::read_file(std::span<StoredRow* const> rows, RowGather& gather) {
  const delta::DataFile& file = files_[rows.front()->file];
  std::vector<std::uint64_t> positions;
  for (const StoredRow* row : rows) positions.push_back(row->position);
  std::size_t next = 0;
  const auto enter = [&](Batch batch, std::span<const std::uint64_t>) -> Status {
    const Batch& kept = batches_.emplace_back(std::move(batch));
    const std::uint32_t number = TRY(gather.add(kept));
    const RowMarks marks = TRY(RowMarks::make(kept));
    for (std::uint32_t row = 0; row < kept.num_rows(); ++row) {
      StoredRow& stored = *rows[next++];
      stored.is_read = true;
      stored.place = {.batch = number, .row = row};
      marks.read(row, stored);
    }
    return {};
  };
  TRY(table_.read_rows(file, {}, positions, enter));
  if (next == rows.size()) return {};
  return fail(ErrorKind::Bug,
              format("{} of the {} rows asked for are in {}", next, rows.size(), file.path));
}

std::vector<std::pair<std::string, std::vector<std::uint64_t>>> StoredRows::positions_of(
    const std::vector<const StoredRow*>& rows) const {
  std::map<std::uint32_t, std::vector<std::uint64_t>> by_file;
  for (const StoredRow* row : rows) by_file[row->file].push_back(row->position);
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> positions;
  for (auto& [file, of_file] : by_file) {
    std::ranges::sort(of_file);
    positions.emplace_back(files_[file].path, std::move(of_file));
  }
  return positions;
}

}  // namespace inlet::apply
