#include <algorithm>
#include <map>
#include <utility>

#include "inlet/apply/tombstones_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/key_value.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/commit_race.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::apply {

Tombstones::Tombstones(const KeyedColumns& columns, AuxiliaryTable table)
    : columns_(columns),
      table_(std::move(table)),
      locator_(index::make_probe(columns_.keys, columns_.sequence)) {}

Status Tombstones::look_up(std::span<const std::string_view> keys) {
  stones_.assign(keys.size(), {});
  moved_.resize(keys.size(), false);
  snapshot_ = TRY(table_.open());
  if (!snapshot_) return {};
  files_ = TRY(snapshot_->files());
  for (index::Located& row : TRY(locator_->locate(*snapshot_, files_, keys))) {
    Stone& stone = stones_[row.key];
    stone.places.push_back({row.file, row.position});
    if (row.sequence > stone.sequence) stone.sequence = std::move(row.sequence);
  }
  return {};
}

bool Tombstones::holds_newer(std::size_t index, std::string_view sequence) const {
  return stones_[index].sequence > sequence;
}

void Tombstones::clear() {
  stones_.clear();
  moved_.clear();
}

Status Tombstones::write(std::span<const std::string_view> keys, std::span<const Change> changes) {
  const SystemClock clock;
  delta::CommitRace race(clock);
  do {
    if (TRY(try_write(keys, changes))) return {};
    table_.forget();
    TRY(look_up(keys));
  } while (race.again());
  return fail(ErrorKind::Conflict, table_.url() +
                                       ": too many writers at once; run it again when "
                                       "they are done");
}

// False: another writer was faster.
Result<bool> Tombstones::try_write(std::span<const std::string_view> keys,
                                   std::span<const Change> changes) {
  std::vector<Change> set;
  std::map<std::uint32_t, std::vector<std::uint64_t>> dead;
  for (const Change& change : changes) {
    const Stone& stone = stones_[change.key];
    const bool stays =
        stone.places.empty() ? !change.is_set : change.is_set && stone.sequence >= change.sequence;
    if (stays) continue;
    moved_[change.key] = true;
    for (const Place& place : stone.places) dead[place.file].push_back(place.position);
    if (change.is_set) set.push_back(change);
  }
  if (set.empty() && dead.empty()) return true;

  const delta::Snapshot base = snapshot_ ? *snapshot_ : TRY(table_.open_or_create());
  delta::Edit edit{.operation = dead.empty() ? delta::Operation::Write : delta::Operation::Merge};
  for (auto& [file, positions] : dead) {
    std::ranges::sort(positions);
    edit.delete_rows.emplace_back(files_[file].path, std::move(positions));
  }
  edit.add = TRY(stage(base, keys, set));
  const Status committed = table_.commit(base, std::move(edit));
  if (!committed && committed.error().kind != ErrorKind::Conflict) {
    return std::unexpected(committed.error());
  }
  return committed.has_value();
}

Result<std::vector<delta::StagedFile>> Tombstones::stage(const delta::Snapshot& base,
                                                         std::span<const std::string_view> keys,
                                                         std::span<const Change> changes) const {
  if (changes.empty()) return std::vector<delta::StagedFile>();
  std::vector<std::string> paths = columns_.keys;
  paths.insert(paths.end(), columns_.sequence.begin(), columns_.sequence.end());
  Schema schema;
  for (const std::string& name : columns_of(base.schema(), paths)) {
    schema.fields.push_back(base.schema().fields[*base.schema().index_of(name)]);
  }
  schema.fields.push_back({std::string(kIsDelete), {TypeKind::Boolean}, false, ""});
  BatchBuilder stones(std::make_shared<const Schema>(schema));
  for (const Change& change : changes) {
    TRY(append_key_row(stones, columns_.keys, keys[change.key], columns_.sequence, change.sequence,
                       {std::string(kIsDelete)}));
    stones.columns().back().append_boolean(true);
  }
  delta::RollingWriter writer(base);
  TRY(writer.write(stones.finish()));
  return writer.finish();
}

}  // namespace inlet::apply
