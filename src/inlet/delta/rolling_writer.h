#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/file_writer.h"
#include "inlet/delta/table.h"

namespace inlet::delta {

/// Large enough that a table of a terabyte has ten thousand files, small enough to be rewritten at
/// ease.
constexpr std::uint64_t kTargetFileBytes = 128ULL << 20;

/// Writes rows into as many data files as their target size asks for. For one thread.
class RollingWriter {
 public:
  explicit RollingWriter(Snapshot table, std::uint64_t target_file_bytes = kTargetFileBytes)
      : table_(std::move(table)), target_file_bytes_(target_file_bytes) {}

  Status write(Batch batch);
  /// Only the rows at `rows` (ascending).
  Status write(const Batch& batch, std::span<const std::uint32_t> rows);
  /// `rows` of `batches`, in the order of `rows`.
  Status write(std::span<const Batch> batches, std::span<const RowPlace> rows);
  /// As FileWriter::append.
  Result<bool> append(const DataFile& file);
  /// The files written since the last finish(), durable.
  Result<std::vector<StagedFile>> finish();

  /// Rows written since the last finish(): the next one's position counts from its file's start.
  std::uint64_t num_rows_in_file() const;
  std::size_t num_finished_files() const { return finished_.size(); }
  std::uint64_t buffered_bytes() const;
  std::uint64_t staged_bytes() const;

 private:
  Status open(const Schema& schema);
  Status roll_when_full();

  Snapshot table_;
  std::uint64_t target_file_bytes_;
  std::optional<FileWriter> writer_;
  std::vector<StagedFile> finished_;
  std::uint64_t finished_bytes_ = 0;
};

}  // namespace inlet::delta
