#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/table.h"

namespace inlet::delta {

/// A row of one of several batches.
struct RowPlace {
  std::uint32_t batch = 0;
  std::uint32_t row = 0;
};

/// Writes one Parquet file (zstd) below the table, durable once finish() returns. Dropped
/// unfinished, it leaves nothing behind but perhaps an empty folder. Rows of a partitioned table
/// all have the values of the first one in its partition columns (Bug otherwise). For one thread;
/// columns are encoded on the engine's threads.
class FileWriter {
 public:
  /// `schema`: the rows' columns, in the table's order; nullable columns of the table may be
  /// missing.
  static Result<FileWriter> open(const Snapshot& table, const Schema& schema);
  ~FileWriter();
  FileWriter(FileWriter&&) noexcept;
  FileWriter& operator=(FileWriter&&) noexcept;

  Status write(Batch batch);
  /// Only the rows at `rows` (ascending positions).
  Status write(const Batch& batch, std::span<const std::uint32_t> rows);
  /// `rows` of `batches`, in the order of `rows`.
  Status write(std::span<const Batch> batches, std::span<const RowPlace> rows);
  /// All rows of `file`, which is live in the table, as they are stored there: nothing is decoded.
  /// False, and nothing was done, where they have to be read: dead rows, columns stored in another
  /// way, small row groups, another writer's statistics.
  Result<bool> append(const DataFile& file);
  /// What is written next begins a new row group.
  Status end_row_group();
  std::uint64_t num_rows() const;
  /// Bytes buffered and not yet written: what the memory budget counts.
  std::uint64_t buffered_bytes() const;
  /// Size of the file so far, the buffered part estimated.
  std::uint64_t file_bytes() const;
  Result<StagedFile> finish();

  struct Impl;

 private:
  explicit FileWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::delta
