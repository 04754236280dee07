#include "inlet/apply/history_cells_internal.h"
#include "inlet/base/try.h"
#include "inlet/data/key_value.h"

namespace inlet::apply {

Status append_sequence(ColumnBuilder& column, std::string_view bytes) {
  if (column.type().kind != TypeKind::Struct) {
    TRY(append_key_value(column, bytes));
    return {};
  }
  for (ColumnBuilder& member : column.children()) bytes = TRY(append_key_value(member, bytes));
  column.append_struct();
  return {};
}

void append_cell(ColumnBuilder& to, const RowGather& gather, std::size_t column, const Cell& cell) {
  if (cell.hash == RowHash{}) {
    to.append_null();
  } else {
    gather.append(to, column, cell.place);
  }
}

}  // namespace inlet::apply
