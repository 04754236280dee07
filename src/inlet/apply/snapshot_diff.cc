#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/apply/table_scan.h"
#include "inlet/base/try.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/key_numbers.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::apply {
namespace {

constexpr std::uint32_t kMaxFile = 0x7fffffff;

// Where the row of a key is: in a file of the table, or among those written for this snapshot.
struct Place {
  std::uint32_t position = 0;
  std::uint32_t file : 31 = 0;
  std::uint32_t is_new : 1 = 0;

  // The `row`-th of the new ones takes the room of both members.
  static Place of_new(std::uint64_t row) {
    return {.position = static_cast<std::uint32_t>(row),
            .file = static_cast<std::uint32_t>(row >> 32U) & kMaxFile,
            .is_new = 1};
  }
  std::uint64_t new_row() const { return (std::uint64_t{file} << 32U) | position; }
};

// One for each key of the table: small, for there are many.
struct Entry {
  RowHash hash;
  Place place;
  bool is_seen = false;  // the new snapshot has this key
};

using DeadRows = std::unordered_map<std::uint32_t, std::vector<std::uint64_t>>;

bool is_same(const std::vector<delta::DataFile>& left, const std::vector<delta::DataFile>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const delta::DataFile& a, const delta::DataFile& b) {
                      return a.path == b.path && a.num_dead == b.num_dead;
                    });
}

class SnapshotDiff final : public Applier {
 public:
  SnapshotDiff(delta::Snapshot table, std::vector<std::string> keys, bool keeps_versions)
      : table_(std::move(table)),
        keys_(std::move(keys)),
        keeps_versions_(keeps_versions),
        writer_(table_) {}

  Status add(Batch batch, ChangeKind kind) override {
    if (kind == ChangeKind::Delete) {
      return fail(ErrorKind::Bug, "a snapshot says by itself what is deleted");
    }
    if (!is_loaded_) TRY(load(batch.schema()));
    const RowKey key = TRY(RowKey::make(batch, keys_));
    const std::uint64_t first_row = writer_.num_rows();
    RowHasher row_hash(batch, columns_);
    std::vector<std::uint32_t> changed;
    std::string bytes;
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      bytes.clear();
      key.append_to(bytes, row);
      const Place place = Place::of_new(first_row + changed.size());
      if (take(bytes, row_hash(row), place)) changed.push_back(row);
    }
    return keeps_versions_ ? write_opened(batch, changed) : writer_.write(batch, changed);
  }

  std::uint64_t held_bytes() const override { return writer_.buffered_bytes(); }
  std::uint64_t staged_bytes() const override { return writer_.staged_bytes(); }

  Result<Prepared> prepare(const delta::Snapshot& base) override {
    if (!is_loaded_) TRY(load(base.schema()));
    const std::vector<delta::DataFile> now = TRY(base.files());
    if (!is_same(now, files_)) {
      return fail(ErrorKind::Conflict,
                  "another writer changed the table while its new snapshot was read; run it again");
    }
    if (!is_prepared_) TRY(finish());
    return prepared_;
  }

  void clear(const delta::Snapshot& now) override {
    table_ = now;
    writer_ = delta::RollingWriter(now);
    is_loaded_ = is_prepared_ = false;
    prepared_ = {};
    numbers_.clear();
    entries_.clear();
    version_ = 1;
    dead_.clear();
    dead_new_.clear();
  }

 private:
  // Reads the table's rows as (key, content hash, place). Only the columns that the new rows have
  // are compared.
  Status load(const Schema& schema) {
    columns_.clear();
    for (const Field& field : schema.fields) {
      if (field.name != kStartAt && field.name != kEndAt) columns_.push_back(field.name);
    }
    std::vector<std::string> scanned = columns_;
    if (keeps_versions_)
      scanned.insert(scanned.end(), {std::string(kStartAt), std::string(kEndAt)});
    files_ = TRY(table_.files());
    TRY(scan_table(table_, files_, scanned,
                   [&](std::size_t file, const Batch& rows,
                       std::span<const std::uint64_t> positions) -> Status {
                     const RowKey key = TRY(RowKey::make(rows, keys_));
                     RowHasher row_hash(rows, columns_);
                     std::string bytes;
                     for (std::size_t row = 0; row < rows.num_rows(); ++row) {
                       if (keeps_versions_ && !note_version(rows, row)) continue;
                       bytes.clear();
                       key.append_to(bytes, row);
                       const Place place{.position = static_cast<std::uint32_t>(positions[row]),
                                         .file = static_cast<std::uint32_t>(file) & kMaxFile};
                       entry_of(bytes).first = {.hash = row_hash(row), .place = place};
                     }
                     return {};
                   }));
    is_loaded_ = true;
    return {};
  }

  // False for a row that is closed already.
  bool note_version(const Batch& rows, std::size_t row) {
    const ColumnView start = *ColumnView::find(rows, kStartAt);
    const ColumnView end = *ColumnView::find(rows, kEndAt);
    const bool is_open = end.is_null(row);
    version_ = std::max(version_, (is_open ? start : end).int64(row) + 1);
    return is_open;
  }

  // Rows that begin with this snapshot.
  Status write_opened(const Batch& batch, std::span<const std::uint32_t> rows) {
    if (rows.empty()) return {};
    Schema schema = batch.schema();
    const std::size_t num_columns = schema.fields.size();
    schema.fields.push_back({std::string(kStartAt), {TypeKind::Long}, false, ""});
    schema.fields.push_back({std::string(kEndAt), {TypeKind::Long}, true, ""});
    BatchBuilder opened(std::make_shared<const Schema>(std::move(schema)));
    for (std::size_t i = 0; i < num_columns; ++i) {
      const ColumnView from(batch.schema().fields[i].type, *batch.array().children[i]);
      for (const std::uint32_t row : rows) opened.column(i).append_rows(from, row, 1);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      opened.column(num_columns).append_int64(version_);
      opened.column(num_columns + 1).append_null();
    }
    return writer_.write(opened.finish());
  }

  // Copies of the rows that end with this snapshot.
  Status write_closed(const delta::DataFile& file, std::span<const std::uint64_t> positions) {
    return table_.read_rows(file, {}, positions, [&](const Batch& rows, auto) -> Status {
      BatchBuilder closed(rows.shared_schema());
      for (std::size_t i = 0; i < rows.schema().fields.size(); ++i) {
        const Field& field = rows.schema().fields[i];
        ColumnBuilder& to = closed.column(i);
        if (field.name != kEndAt) {
          to.append_rows({field.type, *rows.array().children[i]}, 0, rows.num_rows());
          continue;
        }
        for (std::size_t row = 0; row < rows.num_rows(); ++row) to.append_int64(version_);
      }
      return writer_.write(closed.finish());
    });
  }

  // That of `key`, and whether it is a new one.
  std::pair<Entry&, bool> entry_of(std::string_view key) {
    const KeyNumbers::Added added = numbers_.add(key);
    if (added.is_new) entries_.emplace_back();
    return {entries_[added.number], added.is_new};
  }

  // Enters one row of the new snapshot; true when it has to be written, at `place`.
  bool take(std::string_view key, const RowHash& hash, Place place) {
    const auto [entry, is_new] = entry_of(key);
    Counts& counts = prepared_.counts;
    if (is_new) {
      entry = {.hash = hash, .place = place, .is_seen = true};
      ++counts.num_committed;
      return true;
    }
    const bool is_repeated = std::exchange(entry.is_seen, true);
    if (entry.hash == hash) {
      ++(is_repeated ? counts.num_deduplicated : counts.num_unchanged);
      return false;
    }
    // The later of two rows with one key wins; the earlier one had been counted already.
    if (is_repeated) {
      --(entry.place.is_new ? counts.num_committed : counts.num_unchanged);
      ++counts.num_deduplicated;
    }
    if (entry.place.is_new) {
      dead_new_.push_back(entry.place.new_row());
    } else {
      dead_[entry.place.file].push_back(entry.place.position);
    }
    entry = {.hash = hash, .place = place, .is_seen = true};
    ++counts.num_committed;
    return true;
  }

  Status finish() {
    for (const Entry& entry : entries_) {
      if (entry.is_seen) continue;
      dead_[entry.place.file].push_back(entry.place.position);
      ++prepared_.counts.num_deleted;
    }
    prepared_.edit.operation = delta::Operation::Merge;
    for (auto& [file, positions] : dead_) {
      std::sort(positions.begin(), positions.end());
      if (keeps_versions_) TRY(write_closed(files_[file], positions));
      prepared_.edit.delete_rows.emplace_back(files_[file].path, std::move(positions));
    }
    prepared_.edit.add = TRY(writer_.finish());
    TRY(drop_superseded());
    is_prepared_ = true;
    return {};
  }

  // Writes again, without them, the new files that hold rows which a later row of the same snapshot
  // replaced.
  Status drop_superseded() {
    if (dead_new_.empty()) return {};
    std::ranges::sort(dead_new_);
    const std::vector<std::uint64_t> order = writer_.order();
    const auto is_dead = [&](std::uint64_t row) {
      return std::ranges::binary_search(dead_new_, order.empty() ? row : order[row]);
    };
    std::vector<delta::StagedFile> kept;
    std::uint64_t first = 0;  // row of the file among all that were written
    for (const delta::StagedFile& staged : prepared_.edit.add) {
      const auto rows_of_file = std::views::iota(first, first + staged.num_rows);
      if (std::ranges::none_of(rows_of_file, is_dead)) {
        kept.push_back(staged);
      } else {
        TRY(table_.read(staged, [&](const Batch& rows, std::span<const std::uint64_t> positions) {
          std::vector<std::uint32_t> live;
          for (std::uint32_t row = 0; row < rows.num_rows(); ++row) {
            if (!is_dead(first + positions[row])) live.push_back(row);
          }
          return writer_.write(rows, live);
        }));
      }
      first += staged.num_rows;
    }
    const std::vector<delta::StagedFile> rewritten = TRY(writer_.finish());
    kept.insert(kept.end(), rewritten.begin(), rewritten.end());
    prepared_.edit.add = std::move(kept);
    return {};
  }

  delta::Snapshot table_;
  const std::vector<std::string> keys_;
  const bool keeps_versions_;
  std::int64_t version_ = 1;  // the number of the snapshot that is read
  delta::RollingWriter writer_;
  std::vector<std::string> columns_;
  std::vector<delta::DataFile> files_;
  KeyNumbers numbers_;
  std::vector<Entry> entries_;  // by number
  DeadRows dead_;
  std::vector<std::uint64_t> dead_new_;
  Prepared prepared_;
  bool is_loaded_ = false;
  bool is_prepared_ = false;
};

}  // namespace

std::unique_ptr<Applier> make_snapshot(delta::Snapshot table, std::vector<std::string> keys,
                                       bool keeps_versions) {
  return std::make_unique<SnapshotDiff>(std::move(table), std::move(keys), keeps_versions);
}

}  // namespace inlet::apply
