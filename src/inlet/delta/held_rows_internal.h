#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/file_writer.h"

namespace inlet::delta {

/// Rows of a partitioned table that wait until those of one partition can be written together. All
/// have one schema.
class HeldRows {
 public:
  /// `columns`: the table's partition columns.
  explicit HeldRows(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  /// Bug when its schema is another than that of the rows held.
  Status add(Batch batch);
  /// Copies.
  Status add(std::span<const Batch> batches, std::span<const RowPlace> rows);
  std::uint64_t num_bytes() const { return num_bytes_; }
  std::size_t num_rows() const { return num_rows_; }

  struct Group {
    std::string partition;       ///< equal for equal values; no text for people
    std::vector<RowPlace> rows;  ///< in the order in which they came
  };
  /// Those held, by partition, in the order of their first rows.
  Result<std::vector<Group>> groups() const;
  /// The rows of a group as a batch of their own.
  Batch gather(const Group& group) const;
  /// How many rows came before this one since the last clear().
  std::uint64_t number_of(RowPlace row) const { return first_numbers_[row.batch] + row.row; }
  void clear();

 private:
  std::vector<std::string> columns_;
  std::vector<Batch> batches_;
  std::vector<std::uint64_t> first_numbers_;  // per batch
  std::uint64_t num_bytes_ = 0;
  std::size_t num_rows_ = 0;
};

}  // namespace inlet::delta
