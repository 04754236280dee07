#pragma once

// Bodies of ColumnBuilder's append functions: the inner loop of decoding, so they are inline.

#include <cstring>

#include "inlet/data/column_builder.h"

namespace inlet {

template <class T>
void ColumnBuilder::append_value(T value) {
  begin_row();
  std::memcpy(values_.data() + num_rows_ * sizeof(T), &value, sizeof(T));
  end_valid_row();
}

inline void ColumnBuilder::append_int32(std::int32_t value) {
  append_value(value);
}
inline void ColumnBuilder::append_int64(std::int64_t value) {
  append_value(value);
}
inline void ColumnBuilder::append_float32(float value) {
  append_value(value);
}
inline void ColumnBuilder::append_float64(double value) {
  append_value(value);
}
__extension__ inline void ColumnBuilder::append_decimal(__int128 unscaled) {
  append_value(unscaled);
}

inline void ColumnBuilder::append_boolean(bool value) {
  begin_row();
  auto* byte = reinterpret_cast<std::uint8_t*>(values_.data()) + num_rows_ / 8;
  const unsigned bit = num_rows_ % 8;
  // The first bit of a byte writes all of it, since the memory was never zeroed.
  const unsigned before = bit == 0 ? 0U : *byte & ((1U << bit) - 1U);
  *byte = static_cast<std::uint8_t>(before | (static_cast<unsigned>(value) << bit));
  end_valid_row();
}

inline char* ColumnBuilder::reserve_bytes(std::size_t size) {
  begin_row();
  values_.reserve(num_text_bytes_ + size, num_text_bytes_);
  return values_.data() + num_text_bytes_;
}

inline void ColumnBuilder::commit_bytes(std::size_t actual_size) {
  num_text_bytes_ += actual_size;
  offsets()[num_rows_ + 1] = static_cast<std::int32_t>(num_text_bytes_);
  end_valid_row();
}

inline void ColumnBuilder::append_bytes(std::string_view value) {
  char* text = reserve_bytes(value.size());
  if (!value.empty()) std::memcpy(text, value.data(), value.size());
  commit_bytes(value.size());
}

inline void ColumnBuilder::append_struct() {
  begin_row();
  end_valid_row();
}

inline void ColumnBuilder::end_list() {
  begin_row();
  offsets()[num_rows_ + 1] = static_cast<std::int32_t>(children_.front().num_rows());
  end_valid_row();
}

}  // namespace inlet
