#include "inlet/data/column_builder.h"

#include <algorithm>

#include "inlet/data/arrow_array_internal.h"

namespace inlet {
namespace {

constexpr std::size_t kFirstRows = 64;

bool is_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Binary || kind == TypeKind::Json;
}

bool is_repeated(TypeKind kind) {
  return kind == TypeKind::List || kind == TypeKind::Map;
}

std::size_t bitmap_bytes(std::size_t num_rows) {
  return (num_rows + 7) / 8;
}

}  // namespace

ColumnBuilder::ColumnBuilder(const Type& type)
    : type_(type),
      value_width_(fixed_width(type.kind)),
      has_offsets_(is_text(type.kind) || is_repeated(type.kind)) {
  children_.reserve(type.fields.size());
  for (const Field& field : type.fields) children_.emplace_back(field.type);
}

void ColumnBuilder::set_row_capacity(std::size_t num_rows) {
  if (value_width_ != 0) values_.reserve(num_rows * value_width_, num_rows_ * value_width_);
  if (type_.kind == TypeKind::Boolean) {
    values_.reserve(bitmap_bytes(num_rows), bitmap_bytes(num_rows_));
  }
  if (has_offsets_) {
    const bool is_new = offsets_.data() == nullptr;
    offsets_.reserve((num_rows + 1) * sizeof(std::int32_t),
                     (num_rows_ + 1) * sizeof(std::int32_t) * static_cast<std::size_t>(!is_new));
    if (is_new) offsets()[0] = 0;
  }
  if (has_validity_) validity_.reserve(bitmap_bytes(num_rows), bitmap_bytes(num_rows_));
  row_capacity_ = num_rows;
}

void ColumnBuilder::grow_rows() {
  if (row_capacity_ == 0) {
    // A batch is usually as big as the one before it.
    set_row_capacity(std::max(kFirstRows, last_num_rows_ + last_num_rows_ / 8));
    if (is_text(type_.kind)) {
      values_.reserve(std::max(kFirstRows, last_text_bytes_ + last_text_bytes_ / 8),
                      num_text_bytes_);
    }
  } else {
    set_row_capacity(row_capacity_ * 2);
  }
}

void ColumnBuilder::start_validity() {
  has_validity_ = true;
  validity_.reserve(bitmap_bytes(row_capacity_), 0);
  if (num_rows_ > 0) std::memset(validity_.data(), 0xFF, bitmap_bytes(num_rows_));
}

void ColumnBuilder::set_validity(bool is_valid) {
  auto* byte = reinterpret_cast<std::uint8_t*>(validity_.data()) + num_rows_ / 8;
  const unsigned bit = num_rows_ % 8;
  const unsigned before = bit == 0 ? 0U : *byte & ((1U << bit) - 1U);
  *byte = static_cast<std::uint8_t>(before | (static_cast<unsigned>(is_valid) << bit));
}

void ColumnBuilder::append_null() {
  begin_row();
  if (!has_validity_) start_validity();
  if (value_width_ != 0) {
    std::memset(values_.data() + num_rows_ * value_width_, 0, value_width_);
  } else if (type_.kind == TypeKind::Boolean) {
    auto* byte = reinterpret_cast<std::uint8_t*>(values_.data()) + num_rows_ / 8;
    const unsigned bit = num_rows_ % 8;
    *byte = bit == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(*byte & ((1U << bit) - 1U));
  } else if (has_offsets_) {
    offsets()[num_rows_ + 1] = offsets()[num_rows_];
  } else {
    for (ColumnBuilder& child : children_) child.append_null();
  }
  set_validity(false);
  ++num_nulls_;
  ++num_rows_;
}

bool ColumnBuilder::is_null(std::size_t row) const {
  if (!has_validity_) return false;
  const auto* bits = reinterpret_cast<const std::uint8_t*>(validity_.data());
  return (bits[row / 8] >> (row % 8) & 1U) == 0;
}

std::size_t ColumnBuilder::num_elements() const {
  return num_rows_ == 0 ? 0 : static_cast<std::size_t>(offsets()[num_rows_]);
}

void ColumnBuilder::truncate(std::size_t num_rows) {
  if (has_validity_) {
    const auto* bits = reinterpret_cast<const std::uint8_t*>(validity_.data());
    for (std::size_t row = num_rows; row < num_rows_; ++row) {
      if ((bits[row / 8] >> (row % 8) & 1U) == 0) --num_nulls_;
    }
  }
  num_rows_ = std::min(num_rows, num_rows_);
  if (is_text(type_.kind)) num_text_bytes_ = num_elements();
  const std::size_t num_kept = is_repeated(type_.kind) ? num_elements() : num_rows_;
  for (ColumnBuilder& child : children_) child.truncate(num_kept);
}

std::size_t ColumnBuilder::num_bytes() const {
  std::size_t total = num_rows_ * value_width_ + num_text_bytes_;
  if (type_.kind == TypeKind::Boolean) total += bitmap_bytes(num_rows_);
  if (has_offsets_) total += (num_rows_ + 1) * sizeof(std::int32_t);
  if (has_validity_) total += bitmap_bytes(num_rows_);
  for (const ColumnBuilder& child : children_) total += child.num_bytes();
  return total;
}

void ColumnBuilder::reset() {
  last_num_rows_ = num_rows_;
  last_text_bytes_ = num_text_bytes_;
  has_validity_ = false;
  num_rows_ = row_capacity_ = num_nulls_ = num_text_bytes_ = 0;
}

ArrowArray ColumnBuilder::finish_entries() {
  OwnedArray entries(children_.front().num_rows());
  entries.add_buffer(nullptr);
  for (ColumnBuilder& child : children_) entries.add_child(child.finish());
  return std::move(entries).to_arrow();
}

ArrowArray ColumnBuilder::finish() {
  OwnedArray array(num_rows_);
  // Readers expect memory behind every buffer but the validity, also when there are no rows.
  if (row_capacity_ == 0) set_row_capacity(kFirstRows);
  array.add_buffer(num_nulls_ > 0 ? validity_.release() : nullptr);
  array.set_num_nulls(num_nulls_);
  if (has_offsets_) array.add_buffer(offsets_.release());
  if (is_text(type_.kind)) values_.reserve(1, 0);
  if (type_.kind != TypeKind::Struct && !is_repeated(type_.kind)) {
    array.add_buffer(values_.release());
  }
  if (type_.kind == TypeKind::Map) {
    array.add_child(finish_entries());
  } else {
    for (ColumnBuilder& child : children_) array.add_child(child.finish());
  }
  reset();
  return std::move(array).to_arrow();
}

BatchBuilder::BatchBuilder(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {
  columns_.reserve(schema_->fields.size());
  for (const Field& field : schema_->fields) columns_.emplace_back(field.type);
}

std::size_t BatchBuilder::num_rows() const {
  return columns_.empty() ? 0 : columns_.front().num_rows();
}

std::size_t BatchBuilder::num_bytes() const {
  std::size_t total = 0;
  for (const ColumnBuilder& column : columns_) total += column.num_bytes();
  return total;
}

void BatchBuilder::truncate(std::size_t num_rows) {
  for (ColumnBuilder& column : columns_) column.truncate(num_rows);
}

void BatchBuilder::append(const Batch& batch, std::size_t first, std::size_t count) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].append_rows({columns_[i].type(), *batch.array().children[i]}, first, count);
  }
}

Batch BatchBuilder::finish() {
  OwnedArray rows(num_rows());
  rows.add_buffer(nullptr);
  for (ColumnBuilder& column : columns_) rows.add_child(column.finish());
  return Batch(schema_, std::move(rows).to_arrow());
}

}  // namespace inlet
