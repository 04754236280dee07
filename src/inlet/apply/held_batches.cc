#include <algorithm>
#include <utility>

#include "inlet/apply/held_batches_internal.h"

namespace inlet::apply {

void HeldBatches::add(std::shared_ptr<const Batch> batch) {
  shape_of_.push_back(find_shape(batch->shared_schema()));
  num_bytes_ += batch->num_bytes();
  batches_.push_back(std::move(batch));
}

void HeldBatches::clear() {
  batches_.clear();
  shape_of_.clear();
  shapes_.clear();
  num_bytes_ = 0;
}

// Batches of one decoder share their schema, so the comparison is a pointer's most of the time.
std::uint32_t HeldBatches::find_shape(const std::shared_ptr<const Schema>& schema) {
  const auto found = std::ranges::find_if(shapes_, [&schema](const Shape& known) {
    return known.schema == schema || *known.schema == *schema;
  });
  const auto number = static_cast<std::uint32_t>(found - shapes_.begin());
  if (found == shapes_.end()) {
    Shape& added = shapes_.emplace_back(Shape{.schema = schema, .columns = {}});
    for (const Field& field : schema->fields) added.columns.push_back(field.name);
  }
  return number;
}

std::vector<std::string> HeldBatches::all_columns() const {
  std::vector<std::string> columns;
  for (const Shape& shape : shapes_) {
    for (const std::string& name : shape.columns) {
      if (std::ranges::find(columns, name) == columns.end()) columns.push_back(name);
    }
  }
  return columns;
}

std::vector<std::string> HeldBatches::columns_lacking(const Schema& table) const {
  std::vector<std::string> columns;
  for (const Field& field : table.fields) {
    const bool is_lacking = std::ranges::any_of(
        shapes_, [&field](const Shape& shape) { return !shape.schema->index_of(field.name); });
    if (is_lacking) columns.push_back(field.name);
  }
  return columns;
}

}  // namespace inlet::apply
