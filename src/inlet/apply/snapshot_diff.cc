#include <algorithm>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/apply/held_batches_internal.h"
#include "inlet/apply/row_states_internal.h"
#include "inlet/apply/table_scan.h"
#include "inlet/base/try.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/index/content_index.h"

namespace inlet::apply {
namespace {

bool is_same(const std::vector<delta::DataFile>& left, const std::vector<delta::DataFile>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const delta::DataFile& a, const delta::DataFile& b) {
                      return a.path == b.path && a.num_dead == b.num_dead;
                    });
}

using Written = index::ContentIndex::Written;

// What becomes of a row of the new snapshot.
enum class Fate : std::uint8_t { New, Changed, Unchanged };

class SnapshotDiff final : public Applier {
 public:
  SnapshotDiff(delta::Snapshot table, index::IndexOptions index_options,
               std::vector<std::string> keys, bool keeps_versions)
      : table_(std::move(table)),
        index_options_(std::move(index_options)),
        keys_(std::move(keys)),
        keeps_versions_(keeps_versions),
        writer_(table_) {}

  Status add(Batch batch, ChangeKind kind) override {
    if (kind == ChangeKind::Delete) {
      return fail(ErrorKind::Bug, "a snapshot says by itself what is deleted");
    }
    if (!index_) TRY(load(batch.schema()));
    const auto held = std::make_shared<const Batch>(std::move(batch));
    const RowKey key = TRY(RowKey::make(*held, keys_));
    RowHasher content(*held, columns_);
    std::string bytes;
    for (std::size_t row = 0; row < held->num_rows(); ++row) {
      bytes.clear();
      key.append_to(bytes, row);
      index_->add(bytes, content(row).low);
    }
    batches_.add(held);
    const bool is_full = group_bytes() >= index_options_.max_memory_bytes;
    return is_full ? settle_group() : Status{};
  }

  std::uint64_t held_bytes() const override { return group_bytes() + writer_.buffered_bytes(); }
  std::uint64_t staged_bytes() const override { return writer_.staged_bytes(); }

  Result<Prepared> prepare(const delta::Snapshot& base) override {
    if (!index_) TRY(load(base.schema()));
    const std::vector<delta::DataFile> now = TRY(base.files());
    if (!is_same(now, files_)) {
      return fail(ErrorKind::Conflict,
                  "another writer changed the table while its new snapshot was read; run it again");
    }
    if (!is_prepared_) TRY(finish());
    return prepared_;
  }

  void clear(const delta::Snapshot& now) override {
    // Where that fails, the next comparison reads the files.
    if (is_prepared_ && is_in_order_ && !note_commit(now)) index_.reset();
    table_ = now;
    writer_ = delta::RollingWriter(now);
    index_.reset();
    states_.clear();
    batches_.clear();
    prepared_ = {};
    is_prepared_ = false;
    version_ = 1;
  }

 private:
  // Only the columns that the new rows have are compared.
  Status load(const Schema& schema) {
    columns_.clear();
    for (const Field& field : schema.fields) {
      if (field.name != kStartAt && field.name != kEndAt) columns_.push_back(field.name);
    }
    files_ = TRY(table_.files());
    index::ContentColumns columns{.keys = keys_, .compared = columns_};
    if (keeps_versions_) columns.closed_by = kEndAt;
    auto index = TRY(index::open_contents(index_options_, columns, table_, files_));
    std::vector<std::string_view> paths;
    for (const delta::DataFile& file : files_) {
      states_.emplace_back(file.num_rows);
      paths.push_back(file.path);
    }
    TRY(table_.dead_rows(paths, [&](std::size_t file, std::span<const std::uint64_t> dead) {
      for (const std::uint64_t row : dead) states_[file].set(row, RowState::Past);
    }));
    if (keeps_versions_) TRY(read_versions());
    index_ = std::move(index);
    return {};
  }

  Status read_versions() {
    return scan_table(table_, files_, {std::string(kStartAt), std::string(kEndAt)},
                      [&](std::size_t file, const Batch& rows,
                          std::span<const std::uint64_t> positions) -> Status {
                        const ColumnView start = *ColumnView::find(rows, kStartAt);
                        const ColumnView end = *ColumnView::find(rows, kEndAt);
                        for (std::size_t row = 0; row < rows.num_rows(); ++row) {
                          const bool is_open = end.is_null(row);
                          version_ = std::max(version_, (is_open ? start : end).int64(row) + 1);
                          if (!is_open) states_[file].set(positions[row], RowState::Past);
                        }
                        return {};
                      });
  }

  std::uint64_t group_bytes() const {
    return batches_.num_bytes() + (index_ ? index_->num_bytes() : 0);
  }

  // Compares the rows held with the table's and writes those that say something new.
  Status settle_group() {
    std::vector<Fate> fates(index_->num_rows(), Fate::New);
    TRY(index_->match([&](const index::ContentIndex::Match& match) { decide(match, fates); }));
    std::vector<std::uint64_t> written(fates.size(), Written::kNot);
    std::size_t first = 0;  // row of the batch in the group
    for (const std::shared_ptr<const Batch>& batch : batches_) {
      std::vector<std::uint32_t> changed;
      for (std::uint32_t row = 0; row < batch->num_rows(); ++row) {
        if (fates[first + row] == Fate::Unchanged) continue;
        written[first + row] = place_of_next(changed.size());
        changed.push_back(row);
      }
      TRY(keeps_versions_ ? write_opened(*batch, changed) : writer_.write(*batch, changed));
      prepared_.counts.num_committed += changed.size();
      first += batch->num_rows();
    }
    batches_.clear();
    return index_->end_group(written);
  }

  // The name of the row that is written after so many more.
  std::uint64_t place_of_next(std::uint64_t num_before) const {
    const auto next = writer_.next_place();
    return next ? Written::at(next->file, next->position + num_before)
                : writer_.num_rows() + num_before;
  }

  // A key that another writer left twice meets its first row; the other goes in the end.
  void decide(const index::ContentIndex::Match& match, std::vector<Fate>& fates) {
    RowStates& states = states_[match.file];
    Fate& fate = fates[match.row];
    const RowState state = states[match.position];
    if (state == RowState::Past || fate != Fate::New) return;
    Counts& counts = prepared_.counts;
    const bool is_same = match.is_equal && state != RowState::Replaced;
    fate = is_same ? Fate::Unchanged : Fate::Changed;
    if (state == RowState::Unseen && is_same) ++counts.num_unchanged;
    // Of two rows with one key the later one wins.
    if (state == RowState::Same) ++counts.num_deduplicated;
    if (state == RowState::Same && !is_same) --counts.num_unchanged;
    states.set(match.position, is_same ? RowState::Same : RowState::Replaced);
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

  Status finish() {
    TRY(settle_group());
    prepared_.edit.operation = delta::Operation::Merge;
    for (std::size_t file = 0; file < files_.size(); ++file) {
      std::vector<std::uint64_t> dead = take_dead(states_[file]);
      if (dead.empty()) continue;
      if (keeps_versions_) TRY(write_closed(files_[file], dead));
      prepared_.edit.delete_rows.emplace_back(files_[file].path, std::move(dead));
    }
    prepared_.edit.add = TRY(writer_.finish());
    const std::vector<std::uint64_t> order = writer_.order();
    const std::vector<std::uint64_t> superseded = TRY(index_->superseded());
    is_in_order_ = order.empty() && superseded.empty();
    if (!superseded.empty()) TRY(drop(superseded, order));
    is_prepared_ = true;
    return {};
  }

  // The rows that end with this snapshot.
  std::vector<std::uint64_t> take_dead(const RowStates& states) {
    std::vector<std::uint64_t> dead;
    for (std::uint64_t row = 0; row < states.num_rows(); ++row) {
      const RowState state = states[row];
      if (state == RowState::Unseen) ++prepared_.counts.num_deleted;
      if (state == RowState::Unseen || state == RowState::Replaced) dead.push_back(row);
    }
    return dead;
  }

  // Writes the new files that hold `superseded` rows again, without them.
  Status drop(std::span<const std::uint64_t> superseded, std::span<const std::uint64_t> order) {
    prepared_.counts.num_committed -= superseded.size();
    prepared_.counts.num_deduplicated += superseded.size();
    std::vector<delta::StagedFile> kept;
    std::uint64_t first = 0;  // row of the file among all that were written
    for (std::uint32_t file = 0; file < prepared_.edit.add.size(); ++file) {
      const delta::StagedFile& staged = prepared_.edit.add[file];
      const auto is_dead = [&](std::uint64_t row) {
        return std::ranges::binary_search(
            superseded, order.empty() ? Written::at(file, row) : order[first + row]);
      };
      if (std::ranges::none_of(std::views::iota(std::uint64_t{0}, staged.num_rows), is_dead)) {
        kept.push_back(staged);
      } else {
        TRY(table_.read(staged, [&](const Batch& rows, std::span<const std::uint64_t> positions) {
          std::vector<std::uint32_t> live;
          for (std::uint32_t row = 0; row < rows.num_rows(); ++row) {
            if (!is_dead(positions[row])) live.push_back(row);
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

  Status note_commit(const delta::Snapshot& now) {
    std::vector<std::string_view> paths;
    for (const delta::StagedFile& file : prepared_.edit.add) paths.push_back(file.path);
    return index_->note_commit(now, paths);
  }

  delta::Snapshot table_;
  const index::IndexOptions index_options_;
  const std::vector<std::string> keys_;
  const bool keeps_versions_;
  std::int64_t version_ = 1;  // the number of the snapshot that is read
  delta::RollingWriter writer_;
  std::vector<std::string> columns_;
  std::vector<delta::DataFile> files_;
  std::vector<RowStates> states_;               // of `files_`
  std::unique_ptr<index::ContentIndex> index_;  // of `files_`; null before they were read
  HeldBatches batches_;                         // the group that is compared next
  Prepared prepared_;
  bool is_prepared_ = false;
  bool is_in_order_ = false;  // what was prepared lies where the index was told
};

}  // namespace

std::unique_ptr<Applier> make_snapshot(delta::Snapshot table, index::IndexOptions index,
                                       std::vector<std::string> keys, bool keeps_versions) {
  return std::make_unique<SnapshotDiff>(std::move(table), std::move(index), std::move(keys),
                                        keeps_versions);
}

}  // namespace inlet::apply
