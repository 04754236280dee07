#include "inlet/apply/auxiliary_table.h"
#include "inlet/apply/row_marks_internal.h"
#include "inlet/base/try.h"

namespace inlet::apply {
namespace {

std::vector<std::string> paths_of(const Batch& batch, std::string_view column) {
  const Field& field = *batch.schema().find(column);
  if (field.type.kind != TypeKind::Struct) return {field.name};
  std::vector<std::string> paths;
  for (const Field& member : field.type.fields) paths.push_back(field.name + "." + member.name);
  return paths;
}

}  // namespace

Result<RowMarks> RowMarks::make(const Batch& batch) {
  RowMarks marks;
  marks.end_column_ = ColumnView::find(batch, kEndAt);
  if (marks.end_column_) {
    marks.start_ = TRY(RowKey::make(batch, paths_of(batch, kStartAt)));
    marks.end_ = TRY(RowKey::make(batch, paths_of(batch, kEndAt)));
  }
  marks.is_delete_ = ColumnView::find(batch, kIsDelete);
  return marks;
}

void RowMarks::read(std::size_t row, StoredRow& to) const {
  if (is_delete_) to.is_delete = !is_delete_->is_null(row) && is_delete_->boolean(row);
  if (!start_) return;
  start_->append_to(to.start, row);
  if (!end_column_->is_null(row)) end_->append_to(to.end.emplace(), row);
}

}  // namespace inlet::apply
