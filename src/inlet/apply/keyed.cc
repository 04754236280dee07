#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "inlet/apply/applier.h"
#include "inlet/apply/row_completion_internal.h"
#include "inlet/apply/row_writer_internal.h"
#include "inlet/apply/tombstones_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/key_numbers.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::apply {
namespace {

// What the rows of one key mean for each other.
enum class KeyRule { Upsert, FirstOnly };

// What is known of a change besides what it says.
enum class Fate { Write, Superseded, Unchanged };

// The change that stands for a key among those held.
struct Candidate {
  std::string sequence;
  delta::RowPlace place = {};  // of an upsert
  bool is_delete = false;
  bool has_killed = false;  // a row of the table
  Fate fate = Fate::Write;
};

// A row of the table that ties with the candidate of key `key`: only its other columns tell whether
// anything changed.
struct Tie {
  std::uint64_t position = 0;
  std::uint32_t key = 0;
};

struct FileMatches {
  std::vector<std::uint64_t> dead;  // ascending
  std::vector<Tie> ties;            // ascending by position
};

class Keyed final : public Applier {
 public:
  Keyed(std::unique_ptr<index::KeyLocator> locator, KeyedColumns columns, KeyRule rule,
        std::optional<AuxiliaryTable> auxiliary)
      : columns_(std::move(columns)), rule_(rule), locator_(std::move(locator)) {
    if (auxiliary) tombstones_.emplace(columns_, *std::move(auxiliary));
  }

  Status add(Batch batch, ChangeKind kind) override {
    const auto held = std::make_shared<const Batch>(std::move(batch));
    const RowKey key = TRY(RowKey::make(*held, columns_.keys));
    const RowKey sequence = TRY(RowKey::make(*held, columns_.sequence));
    Candidate next{.is_delete = kind == ChangeKind::Delete};
    next.place.batch = batches_.size();
    if (!next.is_delete) batches_.add(held);
    std::string bytes;
    for (std::uint32_t row = 0; row < held->num_rows(); ++row) {
      next.place.row = row;
      bytes.clear();
      key.append_to(bytes, row);
      next.sequence.clear();
      sequence.append_to(next.sequence, row);
      take(keys_.add(bytes), next);
    }
    return {};
  }

  std::uint64_t held_bytes() const override {
    return batches_.num_bytes() + keys_.num_bytes() + long_sequence_bytes_ + earlier_.num_bytes() +
           candidates_.capacity() * sizeof(Candidate);
  }
  std::uint64_t staged_bytes() const override { return held_bytes(); }

  Result<Prepared> prepare(const delta::Snapshot& base) override {
    Prepared prepared;
    for (Candidate& candidate : candidates_) {
      candidate.fate = Fate::Write;
      candidate.has_killed = false;
    }
    const std::vector<std::string_view> keys = keys_.keys();
    if (tombstones_) TRY(obey_tombstones(keys));
    lacking_ = batches_.columns_lacking(base.schema());
    replaced_.clear();
    const std::vector<delta::DataFile> files = TRY(base.files());
    std::vector<FileMatches> matches = TRY(locate(base, files, keys));
    if (rule_ == KeyRule::Upsert) TRY(settle_ties(base, files, matches));
    if (tombstones_) TRY(write_tombstones(keys));

    for (std::size_t file = 0; file < files.size(); ++file) {
      if (matches[file].dead.empty()) continue;
      prepared.edit.operation = delta::Operation::Merge;
      prepared.edit.delete_rows.emplace_back(files[file].path, std::move(matches[file].dead));
    }
    prepared.counts = count();
    prepared.edit.add = TRY(write(base, files));
    return prepared;
  }

  void clear(const delta::Snapshot& now) override {
    note_commit(now);
    if (tombstones_) tombstones_->clear();
    batches_.clear();
    earlier_.clear();
    // Also their memory, which counts as held.
    keys_ = KeyNumbers();
    candidates_ = std::vector<Candidate>();
    written_.clear();
    files_.clear();
    order_.clear();
    replaced_.clear();
    is_completed_ = false;
    num_superseded_ = long_sequence_bytes_ = 0;
  }

 private:
  void take(KeyNumbers::Added key, const Candidate& next) {
    if (key.is_new) {
      candidates_.push_back(next);
      if (next.sequence.size() > kInlineText) long_sequence_bytes_ += next.sequence.size();
      return;
    }
    ++num_superseded_;
    Candidate& held = candidates_[key.number];
    // Later in the source wins a tie; between the kinds the upsert does (scd.md).
    const bool wins_tie = held.is_delete || !next.is_delete;
    const bool replaces =
        rule_ == KeyRule::Upsert &&
        (next.sequence > held.sequence || (next.sequence == held.sequence && wins_tie));
    if (rule_ == KeyRule::Upsert)
      remember(key.number, replaces ? held : next, replaces ? next : held);
    if (replaces) held = next;
  }

  // What the change that stands for the key does not say itself.
  void remember(std::uint32_t key, const Candidate& superseded, const Candidate& stays) {
    if (stays.is_delete) return;
    const bool tells_more = superseded.is_delete ||
                            !batches_.have_one_schema(superseded.place.batch, stays.place.batch);
    if (!tells_more) return;
    earlier_.add(key, {.sequence = superseded.sequence,
                       .place = superseded.place,
                       .is_delete = superseded.is_delete});
  }

  // A change that is older than a delete of its key stays out.
  Status obey_tombstones(std::span<const std::string_view> keys) {
    TRY(tombstones_->look_up(keys));
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      Candidate& candidate = candidates_[i];
      const bool is_late = tombstones_->holds_newer(i, candidate.sequence);
      if (is_late && !candidate.is_delete) candidate.fate = Fate::Superseded;
    }
    return {};
  }

  // Finds the table's rows of the keys held and decides each pair by sequence.
  Result<std::vector<FileMatches>> locate(const delta::Snapshot& base,
                                          const std::vector<delta::DataFile>& files,
                                          std::span<const std::string_view> keys) {
    std::vector<FileMatches> matches(files.size());
    for (const index::Located& row : TRY(locator_->locate(base, files, keys))) {
      Candidate& candidate = candidates_[row.key];
      FileMatches& match = matches[row.file];
      if (candidate.is_delete) {
        decide_delete(candidate, row, match);
      } else if (candidate.fate == Fate::Write) {
        decide_upsert(candidate, row, match);
      }
    }
    return matches;
  }

  void decide_upsert(Candidate& candidate, const index::Located& row, FileMatches& match) {
    if (rule_ == KeyRule::FirstOnly || candidate.sequence < row.sequence) {
      candidate.fate = Fate::Superseded;
    } else if (candidate.sequence == row.sequence) {
      match.ties.push_back({.position = row.position, .key = row.key});
    } else {
      match.dead.push_back(row.position);
      const bool is_carried =
          !lacking_.empty() && !earlier_.has_delete_after(row.key, row.sequence);
      if (is_carried) replaced_.push_back({row.key, row.file, row.position});
    }
  }

  // On a tie the upsert wins.
  static void decide_delete(Candidate& candidate, const index::Located& row, FileMatches& match) {
    if (candidate.sequence > row.sequence) {
      candidate.has_killed = true;
      match.dead.push_back(row.position);
    } else {
      candidate.fate = Fate::Superseded;
    }
  }

  // A tie is an upsert (scd.md), but one that changes no value is not worth a file.
  Status settle_ties(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                     std::vector<FileMatches>& matches) {
    if (batches_.size() == 0) return {};
    const std::vector<std::string> columns = batches_.all_columns();
    for (std::uint32_t file = 0; file < files.size(); ++file) {
      const std::vector<Tie>& ties = matches[file].ties;
      if (ties.empty()) continue;
      std::vector<std::uint64_t> positions;
      for (const Tie& tie : ties) positions.push_back(tie.position);
      std::size_t next = 0;
      std::vector<std::uint64_t> changed;
      TRY(base.read_rows(files[file], columns, positions,
                         [&](const Batch& rows, std::span<const std::uint64_t> found) -> Status {
                           for (std::size_t row = 0; row < rows.num_rows(); ++row, ++next) {
                             if (!is_changed(ties[next].key, rows, row)) continue;
                             changed.push_back(found[row]);
                             if (lacking_.empty()) continue;
                             replaced_.push_back({ties[next].key, file, found[row]});
                           }
                           return {};
                         }));
      std::vector<std::uint64_t>& dead = matches[file].dead;
      const auto middle = static_cast<std::ptrdiff_t>(dead.size());
      dead.insert(dead.end(), changed.begin(), changed.end());
      std::inplace_merge(dead.begin(), dead.begin() + middle, dead.end());
    }
    return {};
  }

  bool is_changed(std::uint32_t key, const Batch& stored, std::size_t row) {
    Candidate& candidate = candidates_[key];
    // What it takes over from them may be another value than the stored one.
    if (!earlier_.upserts_of(key).empty()) return true;
    const std::vector<std::string>& columns = batches_.columns_of(candidate.place.batch);
    const bool is_equal = RowHasher(stored, columns)(row) ==
                          RowHasher(*batches_[candidate.place.batch], columns)(candidate.place.row);
    if (is_equal) candidate.fate = Fate::Unchanged;
    return !is_equal;
  }

  Status write_tombstones(std::span<const std::string_view> keys) {
    std::vector<Tombstones::Change> changes;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Candidate& candidate = candidates_[i];
      if (candidate.fate == Fate::Superseded) continue;
      changes.push_back({.key = i, .sequence = candidate.sequence, .is_set = candidate.is_delete});
    }
    return tombstones_->write(keys, changes);
  }

  Counts count() const {
    Counts counts{.num_deduplicated = num_superseded_};
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Candidate& candidate = candidates_[i];
      counts.num_deleted += candidate.has_killed ? 1 : 0;
      Fate fate = candidate.fate;
      if (candidate.is_delete && fate == Fate::Write && !candidate.has_killed) {
        // It found no row: all that it can have moved is the tombstone.
        const bool is_news = tombstones_->has_moved(i);
        const bool is_newer = tombstones_->holds_newer(i, candidate.sequence);
        fate = is_news ? Fate::Write : is_newer ? Fate::Superseded : Fate::Unchanged;
      }
      switch (fate) {
        case Fate::Write: ++counts.num_committed; break;
        case Fate::Superseded: ++counts.num_deduplicated; break;
        case Fate::Unchanged: ++counts.num_unchanged; break;
      }
    }
    return counts;
  }

  std::pair<std::uint32_t, std::uint32_t> place_of(std::uint32_t key) const {
    const delta::RowPlace& row = candidates_[key].place;
    return {row.batch, row.row};
  }

  Result<std::vector<delta::StagedFile>> write(const delta::Snapshot& base,
                                               const std::vector<delta::DataFile>& files) {
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t key = 0; key < candidates_.size(); ++key) {
      const bool is_row = !candidates_[key].is_delete && candidates_[key].fate == Fate::Write;
      if (is_row) wanted.push_back(key);
    }
    const auto place = [this](std::uint32_t key) { return place_of(key); };
    // As they came, mostly.
    if (!std::ranges::is_sorted(wanted, {}, place)) std::ranges::sort(wanted, {}, place);
    if (!batches_.is_of_one_schema() || !replaced_.empty()) {
      written_ = std::move(wanted);
      return write_completed(base, files);
    }
    // After a lost race mostly the same rows are to be written: their files are good already.
    if (wanted == written_ && !is_completed_) return files_;
    is_completed_ = false;
    written_ = std::move(wanted);
    return write_batches(base);
  }

  // The stored values may be others after a lost race, so these files are never good for long.
  Result<std::vector<delta::StagedFile>> write_completed(
      const delta::Snapshot& base, const std::vector<delta::DataFile>& files) {
    is_completed_ = true;
    RowCompletion completion = TRY(RowCompletion::make(base, batches_, earlier_));
    TRY(completion.read(replaced_, files, lacking_));
    RowWriter writer(base, columns_);
    for (const std::uint32_t key : written_) {
      completion.append(writer.rows(), key, candidates_[key].place);
      TRY(writer.end_row());
    }
    files_ = TRY(writer.finish());
    order_ = writer.order();
    return files_;
  }

  Result<std::vector<delta::StagedFile>> write_batches(const delta::Snapshot& base) {
    delta::RollingWriter writer(base);
    std::vector<std::uint32_t> rows;
    for (auto first = written_.begin(); first != written_.end();) {
      const std::uint32_t number = place_of(*first).first;
      const std::shared_ptr<const Batch>& batch = batches_[number];
      rows.clear();
      for (; first != written_.end() && place_of(*first).first == number; ++first) {
        rows.push_back(place_of(*first).second);
      }
      const bool is_whole = rows.size() == batch->num_rows();
      TRY(is_whole ? writer.write(share(batch)) : writer.write(*batch, rows));
    }
    files_ = TRY(writer.finish());
    order_ = writer.order();
    return files_;
  }

  // The locator need not read back what was just written.
  void note_commit(const delta::Snapshot& now) {
    std::vector<index::WrittenKeys> keys;
    std::size_t next = 0;
    for (const delta::StagedFile& file : files_) {
      index::WrittenKeys of_file{.path = file.path};
      for (std::uint64_t row = 0; row < file.num_rows; ++row, ++next) {
        const std::uint32_t key = written_[order_.empty() ? next : order_[next]];
        of_file.keys.push_back(keys_.key(key));
        of_file.sequences.push_back(candidates_[key].sequence);
      }
      keys.push_back(std::move(of_file));
    }
    // When it cannot be told, the next look-up reads the files instead.
    std::ignore = locator_->note_commit(now, keys);
  }

  static constexpr std::size_t kInlineText = 15;  // what a std::string holds without an allocation

  const KeyedColumns columns_;
  const KeyRule rule_;
  std::unique_ptr<index::KeyLocator> locator_;
  std::optional<Tombstones> tombstones_;
  HeldBatches batches_;
  EarlierChanges earlier_;
  std::vector<std::string> lacking_;   // by the last prepare(): columns that some batch lacks,
  std::vector<ReplacedRow> replaced_;  // and the rows that have values of them to carry over
  KeyNumbers keys_;
  std::vector<Candidate> candidates_;   // by the number of their key
  std::vector<std::uint32_t> written_;  // keys, by the last prepare(),
  std::vector<delta::StagedFile> files_;
  std::vector<std::uint64_t> order_;  // and where they are in `files_`: RollingWriter::order()
  bool is_completed_ = false;         // `files_` have values of the table
  std::uint64_t num_superseded_ = 0;
  std::uint64_t long_sequence_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Applier> make_first_only(std::unique_ptr<index::KeyLocator> locator,
                                         std::vector<std::string> keys) {
  return std::make_unique<Keyed>(std::move(locator), KeyedColumns{.keys = std::move(keys)},
                                 KeyRule::FirstOnly, std::nullopt);
}

std::unique_ptr<Applier> make_upsert(std::unique_ptr<index::KeyLocator> locator,
                                     KeyedColumns columns, AuxiliaryTable auxiliary) {
  return std::make_unique<Keyed>(std::move(locator), std::move(columns), KeyRule::Upsert,
                                 std::move(auxiliary));
}

}  // namespace inlet::apply
