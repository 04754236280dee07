#include "inlet/apply/partitioned.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "inlet/apply/change_parts_internal.h"
#include "inlet/apply/file_reach_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/batch_joiner.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/objects.h"

namespace inlet::apply {
namespace {

// The position of a row that dies, in a list that has grown by doubling.
constexpr std::uint64_t kBytesPerChange = 16;

Batch only(const Batch& rows, const std::vector<std::string>& columns) {
  Schema schema;
  std::vector<std::size_t> places;
  for (const std::string& name : columns) {
    places.push_back(*rows.schema().index_of(name));
    schema.fields.push_back(rows.schema().fields[places.back()]);
  }
  BatchBuilder kept(std::make_shared<const Schema>(std::move(schema)));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const ColumnView from(kept.column(i).type(), *rows.array().children[places[i]]);
    kept.column(i).append_rows(from, 0, rows.num_rows());
  }
  return kept.finish();
}

// Edits of changes of different keys as one.
class JoinedEdit {
 public:
  void add(Prepared part) {
    Counts& counts = whole_.counts;
    counts.num_committed += part.counts.num_committed;
    counts.num_unchanged += part.counts.num_unchanged;
    counts.num_deduplicated += part.counts.num_deduplicated;
    counts.num_deleted += part.counts.num_deleted;
    delta::Edit& edit = whole_.edit;
    if (!part.edit.delete_rows.empty()) edit.operation = delta::Operation::Merge;
    edit.add.insert(edit.add.end(), part.edit.add.begin(), part.edit.add.end());
    for (auto& [path, positions] : part.edit.delete_rows) {
      std::vector<std::uint64_t>& dead = dead_[path];
      dead.insert(dead.end(), positions.begin(), positions.end());
    }
  }

  const std::vector<delta::StagedFile>& files() const { return whole_.edit.add; }

  Prepared finish() && {
    for (auto& [path, positions] : dead_) {
      std::ranges::sort(positions);
      whole_.edit.delete_rows.emplace_back(path, std::move(positions));
    }
    return std::move(whole_);
  }

 private:
  Prepared whole_;
  std::map<std::string, std::vector<std::uint64_t>> dead_;
};

class Partitioned final : public Applier {
 public:
  Partitioned(std::unique_ptr<Applier> inner, KeyedColumns columns, delta::Snapshot table,
              PartitionedOptions options)
      : options_(std::move(options)),
        columns_(std::move(columns)),
        inner_(std::move(inner)),
        table_(std::move(table)),
        reach_(columns_.keys) {}

  Status add(Batch batch, ChangeKind kind) override {
    if (kind == ChangeKind::Delete) batch = without_values(std::move(batch));
    const auto rows = std::make_shared<const Batch>(std::move(batch));
    num_changes_ += rows->num_rows();
    waiting_bytes_ += rows->num_bytes();
    waiting_.push_back({rows, kind});
    if (kind == ChangeKind::Delete) waiting_delete_bytes_ += rows->num_bytes();
    if (!parts_) TRY(inner_->add(share(rows), kind));
    return held_bytes() < options_.max_held_bytes || is_due_ ? Status{} : put_aside();
  }

  std::uint64_t held_bytes() const override {
    if (parts_) return weight_of(waiting_bytes_);
    // Both hold the upserts, which are there once.
    return inner_->held_bytes() + waiting_delete_bytes_;
  }
  std::uint64_t staged_bytes() const override { return held_bytes(); }

  Result<Prepared> prepare(const delta::Snapshot& base) override {
    if (!parts_) return inner_->prepare(base);
    TRY(put_rest_aside());
    // The edit before was not committed.
    delta::discard(base, staged_);
    staged_.clear();
    JoinedEdit joined;
    for (std::size_t first = 0; first < ChangeParts::kNumParts;) {
      if (parts_->num_bytes(first) == 0) {
        ++first;
        continue;
      }
      const std::size_t end = end_of_group(first);
      Result<Prepared> part = prepare(base, first, end);
      if (!part) {
        delta::discard(base, joined.files());
        return part;
      }
      joined.add(*std::move(part));
      first = end;
    }
    staged_ = joined.files();
    return std::move(joined).finish();
  }

  void clear(const delta::Snapshot& now) override {
    inner_->clear(now);
    table_ = now;
    parts_.reset();
    forget_waiting();
    staged_.clear();
    reach_.clear();
    num_changes_ = 0;
    is_due_ = false;
  }

 private:
  // A delete needs no more than keys and sequence.
  Batch without_values(Batch batch) const {
    std::vector<std::string> paths = columns_.keys;
    paths.insert(paths.end(), columns_.sequence.begin(), columns_.sequence.end());
    const std::vector<std::string> needed = columns_of(batch.schema(), paths);
    return needed.size() == batch.schema().fields.size() ? std::move(batch) : only(batch, needed);
  }

  // What changes of so many bytes take when the inner applier holds them.
  std::uint64_t weight_of(std::uint64_t num_bytes) const {
    return static_cast<std::uint64_t>(static_cast<double>(num_bytes) * expansion_);
  }

  Status put_aside() {
    TRY(reach_.add(table_, waiting_));
    is_due_ = !pays_to_wait();
    if (is_due_) return {};
    std::unique_ptr<ChangeParts> first;
    if (!parts_) first = std::make_unique<ChangeParts>(columns_.keys, options_.scratch_folder);
    const Status done = (parts_ ? parts_ : first)->put_aside(waiting_);
    if (!done) return go_on_without_scratch(done.error());
    if (first) begin_parts(std::move(first));
    forget_waiting();
    return {};
  }

  // The inner applier, which has held the changes so far, gets them again from there.
  void begin_parts(std::unique_ptr<ChangeParts> parts) {
    expansion_ =
        std::max(1.0, static_cast<double>(held_bytes()) / static_cast<double>(waiting_bytes_));
    inner_->clear(table_);
    parts_ = std::move(parts);
  }

  bool pays_to_wait() const {
    const std::uint64_t most =
        std::min(reach_.num_rows(), options_.max_held_bytes / kBytesPerChange);
    const bool fits =
        !parts_ || weight_of(parts_->largest_part_bytes()) <= options_.max_held_bytes / 2;
    const bool pays = options_.put_aside == PutAside::Always || (fits && num_changes_ < most);
    return pays && !has_failed_;
  }

  // They are still held: a commit is due, as it would be without scratch.
  Status go_on_without_scratch(const Error& error) {
    if (error.kind != ErrorKind::Unavailable) return std::unexpected(error);
    has_failed_ = is_due_ = true;
    if (options_.on_scratch_failure) options_.on_scratch_failure(error);
    return {};
  }

  Status put_rest_aside() {
    if (waiting_.empty()) return {};
    const Status done = has_failed_ ? parts_->keep(waiting_) : parts_->put_aside(waiting_);
    if (!done) {
      TRY(go_on_without_scratch(done.error()));
      TRY(parts_->keep(waiting_));
    }
    forget_waiting();
    return {};
  }

  void forget_waiting() {
    waiting_.clear();
    waiting_bytes_ = waiting_delete_bytes_ = 0;
  }

  // The end of the parts from `first` on that fit into memory together.
  std::size_t end_of_group(std::size_t first) const {
    std::size_t end = first;
    std::uint64_t num_bytes = 0;
    do {
      num_bytes += parts_->num_bytes(end++);
    } while (end < ChangeParts::kNumParts &&
             weight_of(num_bytes + parts_->num_bytes(end)) <= options_.max_held_bytes);
    return end;
  }

  Result<Prepared> prepare(const delta::Snapshot& base, std::size_t first, std::size_t end) {
    inner_->clear(base);
    const auto give_as = [this](ChangeKind kind) {
      return [this, kind](Batch rows) { return inner_->add(std::move(rows), kind); };
    };
    BatchJoiner upserts(give_as(ChangeKind::Upsert));
    BatchJoiner deletes(give_as(ChangeKind::Delete));
    for (std::size_t part = first; part < end; ++part) {
      TRY(parts_->visit(part, [&](Batch rows, ChangeKind kind) {
        return (kind == ChangeKind::Delete ? deletes : upserts).add(std::move(rows));
      }));
    }
    TRY(upserts.flush());
    TRY(deletes.flush());
    return inner_->prepare(base);
  }

  const PartitionedOptions options_;
  const KeyedColumns columns_;
  std::unique_ptr<Applier> inner_;
  delta::Snapshot table_;               // after the last commit
  std::unique_ptr<ChangeParts> parts_;  // null: the inner applier holds all changes
  std::vector<Changes> waiting_;        // to be put aside
  std::uint64_t waiting_bytes_ = 0;
  std::uint64_t waiting_delete_bytes_ = 0;
  double expansion_ = 1;  // of changes in the inner applier
  FileReach reach_;
  std::uint64_t num_changes_ = 0;          // since the last commit
  bool is_due_ = false;                    // a commit is
  bool has_failed_ = false;                // the local disk has
  std::vector<delta::StagedFile> staged_;  // by the last prepare()
};

}  // namespace

std::unique_ptr<Applier> make_partitioned(std::unique_ptr<Applier> inner, KeyedColumns columns,
                                          delta::Snapshot table, PartitionedOptions options) {
  return std::make_unique<Partitioned>(std::move(inner), std::move(columns), std::move(table),
                                       std::move(options));
}

}  // namespace inlet::apply
