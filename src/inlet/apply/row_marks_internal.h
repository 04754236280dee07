#pragma once

#include <cstddef>
#include <optional>

#include "inlet/apply/stored_rows_internal.h"
#include "inlet/data/batch.h"
#include "inlet/data/row_key.h"

namespace inlet::apply {

/// Tells what a stored row says beside its values: its interval, and whether it is a delete.
class RowMarks {
 public:
  /// Borrows `batch`, which has the columns for it or not.
  static Result<RowMarks> make(const Batch& batch);

  void read(std::size_t row, StoredRow& to) const;

 private:
  std::optional<RowKey> start_;
  std::optional<RowKey> end_;
  std::optional<ColumnView> end_column_;
  std::optional<ColumnView> is_delete_;
};

}  // namespace inlet::apply
