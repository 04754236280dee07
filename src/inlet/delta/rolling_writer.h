#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/file_writer.h"
#include "inlet/delta/table.h"

namespace inlet::delta {

/// Large enough that a table of a terabyte has ten thousand files, small enough to be rewritten at
/// ease.
constexpr std::uint64_t kTargetFileBytes = 128ULL << 20;
/// Of a partitioned table: rows that wait for others of their partition.
constexpr std::uint64_t kHeldBytes = 32ULL << 20;

/// Writes rows into as many data files as their target size asks for, and as many as there are
/// partitions among them: rows of a partitioned table wait until there are `held_bytes` of them and
/// are then written partition by partition, with few files open at a time. For one thread.
class RollingWriter {
 public:
  explicit RollingWriter(Snapshot table, std::uint64_t target_file_bytes = kTargetFileBytes,
                         std::uint64_t held_bytes = kHeldBytes);
  ~RollingWriter();
  RollingWriter(RollingWriter&&) noexcept;
  RollingWriter& operator=(RollingWriter&&) noexcept;

  Status write(Batch batch);
  /// Only the rows at `rows` (ascending).
  Status write(const Batch& batch, std::span<const std::uint32_t> rows);
  /// `rows` of `batches`, in the order of `rows`.
  Status write(std::span<const Batch> batches, std::span<const RowPlace> rows);
  /// As FileWriter::append.
  Result<bool> append(const DataFile& file);
  /// The files written since the last finish(), durable.
  Result<std::vector<StagedFile>> finish();
  /// Takes back what was written since: finished files are deleted, as far as that succeeds.
  void discard();

  /// Of the rows of the files that finish() gave, one file after the other: how many were given to
  /// write() before each. Empty where that is their order anyhow, as in a table without partitions.
  std::vector<std::uint64_t> order() const;
  /// Where the next row goes: to which of the files that finish() gives, and where in it. Nullopt
  /// in a partitioned table, whose rows wait.
  struct Place {
    std::uint32_t file = 0;
    std::uint64_t position = 0;
  };
  std::optional<Place> next_place() const;
  /// Rows given to write() since the last finish().
  std::uint64_t num_rows() const;
  std::uint64_t buffered_bytes() const;
  std::uint64_t staged_bytes() const;

 private:
  struct Run;
  struct OpenFile;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::delta
