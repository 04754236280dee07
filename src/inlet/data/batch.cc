#include "inlet/data/batch.h"

#include <cstring>

#include "inlet/base/foreign_threads.h"
#include "inlet/data/arrow_array_internal.h"

namespace inlet {
namespace {

bool bit_at(const std::uint8_t* bits, std::size_t index) {
  return (bits[index / 8] >> (index % 8) & 1U) != 0;
}

std::size_t bytes_of(const Type& type, const ArrowArray& array) {
  const auto num_rows = static_cast<std::size_t>(array.length + array.offset);
  const std::size_t bitmap = (num_rows + 7) / 8;
  std::size_t total = array.buffers[0] != nullptr ? bitmap : 0;
  switch (type.kind) {
    case TypeKind::Boolean: return total + bitmap;
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Json: {
      const auto* offsets = static_cast<const std::int32_t*>(array.buffers[1]);
      total += (num_rows + 1) * sizeof(std::int32_t);
      return num_rows == 0 ? total : total + static_cast<std::size_t>(offsets[num_rows]);
    }
    case TypeKind::List:
      return total + (num_rows + 1) * sizeof(std::int32_t) +
             bytes_of(type.fields[0].type, *array.children[0]);
    case TypeKind::Map: {
      const ArrowArray& entries = *array.children[0];
      return total + (num_rows + 1) * sizeof(std::int32_t) +
             bytes_of(type.fields[0].type, *entries.children[0]) +
             bytes_of(type.fields[1].type, *entries.children[1]);
    }
    case TypeKind::Struct:
      for (std::size_t i = 0; i < type.fields.size(); ++i) {
        total += bytes_of(type.fields[i].type, *array.children[i]);
      }
      return total;
    default: return total + num_rows * fixed_width(type.kind);
  }
}

void release_array(ArrowArray& array) {
  if (array.release != nullptr) array.release(&array);
}

std::optional<ColumnView> find_in(std::optional<ColumnView> parent,
                                  const std::vector<Field>& fields, std::string_view path,
                                  const Batch& batch) {
  const auto child = [&](std::size_t index) {
    if (parent) return parent->child(index);
    return ColumnView(fields[index].type, *batch.array().children[index]);
  };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == path) return child(i);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string& name = fields[i].name;
    if (fields[i].type.kind != TypeKind::Struct || path.size() <= name.size()) continue;
    if (!path.starts_with(name) || path[name.size()] != '.') continue;
    const std::string_view rest = path.substr(name.size() + 1);
    if (auto found = find_in(child(i), fields[i].type.fields, rest, batch)) return found;
  }
  return std::nullopt;
}

}  // namespace

Batch::Batch(std::shared_ptr<const Schema> schema, ArrowArray array)
    : schema_(std::move(schema)), array_(array) {}

Batch::~Batch() {
  release_array(array_);
}

Batch::Batch(Batch&& other) noexcept
    : schema_(std::move(other.schema_)), array_(std::exchange(other.array_, ArrowArray{})) {}

Batch& Batch::operator=(Batch&& other) noexcept {
  if (this != &other) {
    release_array(array_);
    schema_ = std::move(other.schema_);
    array_ = std::exchange(other.array_, ArrowArray{});
  }
  return *this;
}

std::size_t Batch::num_bytes() const {
  if (array_.release == nullptr) return 0;
  std::size_t total = 0;
  for (std::size_t i = 0; i < schema_->fields.size(); ++i) {
    total += bytes_of(schema_->fields[i].type, *array_.children[i]);
  }
  return total;
}

ArrowArray Batch::release() {
  return std::exchange(array_, ArrowArray{});
}

Batch share(std::shared_ptr<const Batch> batch) {
  using Owner = std::shared_ptr<const Batch>;
  ArrowArray array = batch->array();
  array.release = [](ArrowArray* shared) {
    sync_with_foreign_threads();
    shared->release = nullptr;
    const std::unique_ptr<Owner> owner(static_cast<Owner*>(shared->private_data));
  };
  std::shared_ptr<const Schema> schema = batch->shared_schema();
  array.private_data = std::make_unique<Owner>(std::move(batch)).release();
  return {std::move(schema), array};
}

std::optional<ColumnView> ColumnView::find(const Batch& batch, std::string_view path) {
  return find_in(std::nullopt, batch.schema().fields, path, batch);
}

bool ColumnView::is_null(std::size_t row) const {
  const auto* validity = values<std::uint8_t>(0);
  return validity != nullptr && !bit_at(validity, place(row));
}

bool ColumnView::boolean(std::size_t row) const {
  return bit_at(values<std::uint8_t>(1), place(row));
}

std::int32_t ColumnView::int32(std::size_t row) const {
  return values<std::int32_t>(1)[place(row)];
}

std::int64_t ColumnView::int64(std::size_t row) const {
  return values<std::int64_t>(1)[place(row)];
}

float ColumnView::float32(std::size_t row) const {
  return values<float>(1)[place(row)];
}

double ColumnView::float64(std::size_t row) const {
  return values<double>(1)[place(row)];
}

__extension__ __int128 ColumnView::decimal(std::size_t row) const {
  __extension__ __int128 value = 0;
  // Memory that comes from elsewhere may be aligned to 8 only.
  std::memcpy(&value, values<char>(1) + place(row) * sizeof(value), sizeof(value));
  return value;
}

std::string_view ColumnView::bytes(std::size_t row) const {
  const auto* offsets = values<std::int32_t>(1) + place(row);
  return {values<char>(2) + offsets[0], static_cast<std::size_t>(offsets[1] - offsets[0])};
}

ColumnView ColumnView::child(std::size_t index) const {
  const Type& type = type_->fields[index].type;
  if (type_->kind == TypeKind::Struct) return {type, *array_->children[index], place(0)};
  if (type_->kind == TypeKind::List) return {type, *array_->children[0], 0};
  const ArrowArray& entries = *array_->children[0];
  return {type, *entries.children[index], static_cast<std::size_t>(entries.offset)};
}

std::pair<std::size_t, std::size_t> ColumnView::range(std::size_t row) const {
  const auto* offsets = values<std::int32_t>(1) + place(row);
  return {static_cast<std::size_t>(offsets[0]), static_cast<std::size_t>(offsets[1])};
}

}  // namespace inlet
