#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/table.h"

namespace inlet::upkeep {

/// Config, with the nearest name, where rows of `schema` cannot be ordered by `columns` (dotted
/// paths of scalars), or need not be, as within a partition.
Status check_order(const Schema& schema, const std::vector<std::string>& columns,
                   std::span<const std::string> partition_columns = {});

/// Where rows belong in the new order of some files: by one column, or along a Z-curve through
/// several, so that rows near in any of them come near in the file. On the curve a column counts by
/// the range that its value lies in; the ranges hold about equally many rows, which a sample of
/// them tells. A value, immutable once made.
class RowOrder {
 public:
  /// Reads `columns` of `files`. Config as check_order().
  static Result<RowOrder> make(const delta::Snapshot& table, std::span<const delta::DataFile> files,
                               std::vector<std::string> columns);

  /// Byte strings, one per row of `batch`, whose memcmp order is the order of the rows. `first_row`
  /// numbers the rows of all files in the order in which they are read: rows that are equal in the
  /// columns stay as they were, and no two texts are equal.
  Result<std::vector<std::string>> keys(const Batch& batch, std::uint64_t first_row) const;

  /// At most `num_parts` - 1 texts, ascending, that cut the rows into parts of about equal size.
  std::vector<std::string> cuts(std::size_t num_parts) const;

 private:
  explicit RowOrder(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  std::string key_of(std::span<const std::string> values, std::uint64_t row) const;

  std::vector<std::string> columns_;
  std::size_t num_bits_ = 0;  // of a range's number; 0: one column, no curve
  std::vector<std::vector<std::string>> ranges_ = {};  // of each column, where the next one begins
  std::vector<std::string> sample_ = {};               // keys, sorted
};

}  // namespace inlet::upkeep
