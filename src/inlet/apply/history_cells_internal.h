#pragma once

#include <cstddef>
#include <string_view>

#include "inlet/apply/history.h"
#include "inlet/apply/row_gather.h"
#include "inlet/data/column_builder.h"

namespace inlet::apply {

/// Appends a sequence, given as its RowKey bytes, to a column of an interval: a struct where the
/// sequence has several columns.
Status append_sequence(ColumnBuilder& column, std::string_view bytes);

/// Appends the value of column `column` of `gather` that the cell tells.
void append_cell(ColumnBuilder& to, const RowGather& gather, std::size_t column, const Cell& cell);

}  // namespace inlet::apply
