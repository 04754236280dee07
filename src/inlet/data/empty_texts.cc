#include "inlet/data/empty_texts.h"

#include <algorithm>
#include <ranges>

#include "inlet/data/column_builder.h"

namespace inlet {
namespace {

bool is_empty_text(const ColumnView& column, std::size_t row) {
  return !column.is_null(row) && column.bytes(row).empty();
}

bool has_empty_text(const Batch& batch, const std::string& name) {
  const auto index = batch.schema().index_of(name);
  if (!index) return false;
  const Field& field = batch.schema().fields[*index];
  if (field.type.kind != TypeKind::String || !field.is_nullable) return false;
  const ColumnView column(field.type, *batch.array().children[*index]);
  return std::ranges::any_of(std::views::iota(std::size_t{0}, batch.num_rows()),
                             [&](std::size_t row) { return is_empty_text(column, row); });
}

}  // namespace

Batch null_for_empty_texts(Batch batch, std::span<const std::string> columns) {
  const auto is_to_change = [&](const std::string& name) {
    return std::ranges::find(columns, name) != columns.end() && has_empty_text(batch, name);
  };
  std::vector<bool> changes;
  for (const Field& field : batch.schema().fields) changes.push_back(is_to_change(field.name));
  if (std::ranges::find(changes, true) == changes.end()) return batch;
  BatchBuilder changed(batch.shared_schema());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const ColumnView from(batch.schema().fields[i].type, *batch.array().children[i]);
    ColumnBuilder& to = changed.column(i);
    if (!changes[i]) {
      to.append_rows(from, 0, batch.num_rows());
      continue;
    }
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      if (is_empty_text(from, row)) {
        to.append_null();
      } else {
        to.append_rows(from, row, 1);
      }
    }
  }
  return changed.finish();
}

}  // namespace inlet
