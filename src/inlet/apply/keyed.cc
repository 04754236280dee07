#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

#include "inlet/apply/applier.h"
#include "inlet/apply/table_scan.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/rolling_writer.h"

namespace inlet::apply {
namespace {

// The row that stands for a key among those held, and what the table has to say about it.
struct Candidate {
  std::uint32_t batch = 0;
  std::uint32_t row = 0;
  std::string sequence = {};
  enum class Fate { Write, Superseded, Unchanged } fate = Fate::Write;
};

// A row of the table that ties with a candidate: only its other columns tell whether anything
// changed.
struct Tie {
  std::uint64_t position = 0;
  Candidate* candidate = nullptr;
};

struct FileMatches {
  std::vector<std::uint64_t> dead;  // ascending
  std::vector<Tie> ties;            // ascending by position
};

class Keyed final : public Applier {
 public:
  Keyed(std::vector<std::string> keys, std::vector<std::string> sequence, KeyRule rule)
      : keys_(std::move(keys)), sequence_(std::move(sequence)), rule_(rule) {}

  Status add(Batch batch) override {
    const RowKey key = TRY(RowKey::make(batch, keys_));
    const RowKey sequence = TRY(RowKey::make(batch, sequence_));
    const auto batch_index = static_cast<std::uint32_t>(batches_.size());
    std::string key_bytes;
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      key_bytes.clear();
      key.append_to(key_bytes, row);
      Candidate next{.batch = batch_index, .row = row};
      sequence.append_to(next.sequence, row);
      const auto [found, is_new] = candidates_.try_emplace(key_bytes, next);
      if (is_new) {
        held_bytes_ += 2 * (key_bytes.size() + sizeof(Candidate));
        continue;
      }
      ++num_superseded_;
      // Later in the source wins a tie.
      const bool replaces = rule_ == KeyRule::Upsert && next.sequence >= found->second.sequence;
      if (replaces) found->second = std::move(next);
    }
    held_bytes_ += batch.num_bytes();
    batches_.push_back(std::move(batch));
    return {};
  }

  std::uint64_t held_bytes() const override { return held_bytes_; }
  std::uint64_t staged_bytes() const override { return held_bytes_; }

  Result<Prepared> prepare(const delta::Snapshot& base) override {
    Prepared prepared;
    for (auto& [key, candidate] : candidates_) candidate.fate = Candidate::Fate::Write;
    const std::vector<delta::DataFile> files = TRY(base.files());
    std::vector<FileMatches> matches = TRY(probe(base, files));
    if (rule_ == KeyRule::Upsert) TRY(settle_ties(base, files, matches));

    for (std::size_t file = 0; file < files.size(); ++file) {
      if (matches[file].dead.empty()) continue;
      prepared.edit.operation = delta::Operation::Merge;
      prepared.edit.delete_rows.emplace_back(files[file].path, std::move(matches[file].dead));
    }
    prepared.counts = count();
    prepared.edit.add = TRY(write(base));
    return prepared;
  }

  void clear(const delta::Snapshot&) override {
    batches_.clear();
    candidates_.clear();
    num_superseded_ = held_bytes_ = 0;
  }

 private:
  // Finds the table's rows of the keys held and decides each pair by sequence.
  Result<std::vector<FileMatches>> probe(const delta::Snapshot& base,
                                         const std::vector<delta::DataFile>& files) {
    std::vector<FileMatches> matches(files.size());
    std::vector<std::string> paths = keys_;
    paths.insert(paths.end(), sequence_.begin(), sequence_.end());
    std::string bytes;
    TRY(scan_table(base, files, columns_of(base.schema(), paths),
                   [&](std::size_t file, const Batch& rows,
                       std::span<const std::uint64_t> positions) -> Status {
                     const RowKey key = TRY(RowKey::make(rows, keys_));
                     const RowKey sequence = TRY(RowKey::make(rows, sequence_));
                     for (std::size_t row = 0; row < rows.num_rows(); ++row) {
                       bytes.clear();
                       key.append_to(bytes, row);
                       const auto found = candidates_.find(bytes);
                       if (found == candidates_.end()) continue;
                       bytes.clear();
                       sequence.append_to(bytes, row);
                       decide(found->second, bytes, positions[row], matches[file]);
                     }
                     return {};
                   }));
    return matches;
  }

  void decide(Candidate& candidate, const std::string& stored_sequence, std::uint64_t position,
              FileMatches& matches) const {
    if (rule_ == KeyRule::FirstOnly || candidate.sequence < stored_sequence) {
      candidate.fate = Candidate::Fate::Superseded;
    } else if (candidate.sequence == stored_sequence) {
      matches.ties.push_back({.position = position, .candidate = &candidate});
    } else {
      matches.dead.push_back(position);
    }
  }

  // A tie is an upsert (scd.md), but one that changes no value is not worth a file.
  Status settle_ties(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                     std::vector<FileMatches>& matches) {
    if (batches_.empty()) return {};
    std::vector<std::string> columns;
    for (const Field& field : batches_.front().schema().fields) columns.push_back(field.name);
    for (std::size_t file = 0; file < files.size(); ++file) {
      const std::vector<Tie>& ties = matches[file].ties;
      if (ties.empty()) continue;
      std::size_t next = 0;
      std::vector<std::uint64_t> changed;
      TRY(scan_table(
          base, {files[file]}, columns,
          [&](std::size_t, const Batch& rows, std::span<const std::uint64_t> positions) -> Status {
            for (std::size_t row = 0; row < rows.num_rows() && next < ties.size(); ++row) {
              if (positions[row] != ties[next].position) continue;
              Candidate& candidate = *ties[next++].candidate;
              if (row_hash(rows, columns, row) ==
                  row_hash(batches_[candidate.batch], columns, candidate.row)) {
                candidate.fate = Candidate::Fate::Unchanged;
              } else {
                changed.push_back(positions[row]);
              }
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

  Counts count() const {
    Counts counts{.num_deduplicated = num_superseded_};
    for (const auto& [key, candidate] : candidates_) {
      switch (candidate.fate) {
        case Candidate::Fate::Write: ++counts.num_committed; break;
        case Candidate::Fate::Superseded: ++counts.num_deduplicated; break;
        case Candidate::Fate::Unchanged: ++counts.num_unchanged; break;
      }
    }
    return counts;
  }

  Result<std::vector<delta::StagedFile>> write(const delta::Snapshot& base) {
    std::vector<std::vector<std::uint32_t>> rows(batches_.size());
    for (const auto& [key, candidate] : candidates_) {
      if (candidate.fate == Candidate::Fate::Write) rows[candidate.batch].push_back(candidate.row);
    }
    delta::RollingWriter writer(base);
    for (std::size_t batch = 0; batch < batches_.size(); ++batch) {
      std::sort(rows[batch].begin(), rows[batch].end());
      TRY(writer.write(batches_[batch], rows[batch]));
    }
    return writer.finish();
  }

  const std::vector<std::string> keys_;
  const std::vector<std::string> sequence_;
  const KeyRule rule_;
  std::vector<Batch> batches_;
  std::unordered_map<std::string, Candidate> candidates_;
  std::uint64_t num_superseded_ = 0;
  std::uint64_t held_bytes_ = 0;
};

}  // namespace

std::unique_ptr<Applier> make_keyed(std::vector<std::string> keys,
                                    std::vector<std::string> sequence, KeyRule rule) {
  return std::make_unique<Keyed>(std::move(keys), std::move(sequence), rule);
}

}  // namespace inlet::apply
