#include <algorithm>
#include <bit>
#include <cstring>

#include "inlet/data/arrow_array_internal.h"
#include "inlet/data/column_builder.h"

// Whole runs of rows from one column to another: what joins small batches.

namespace inlet {
namespace {

bool bit_at(const std::uint8_t* bits, std::size_t index) {
  return (bits[index / 8] >> (index % 8) & 1U) != 0;
}

// Bits past `index` in its byte may be anything: builders never zero their memory.
void put_bit(std::uint8_t* bits, std::size_t index, bool value) {
  const unsigned bit = index % 8;
  const unsigned before = bits[index / 8] & ((1U << bit) - 1U);
  bits[index / 8] = static_cast<std::uint8_t>(before | (static_cast<unsigned>(value) << bit));
}

// `from` null: all ones. Returns the number of zeros written.
std::size_t copy_bits(std::uint8_t* to, std::size_t at, const std::uint8_t* from, std::size_t first,
                      std::size_t count) {
  std::size_t num_ones = 0;
  std::size_t done = 0;
  const auto one_bit = [&] {
    const bool value = from == nullptr || bit_at(from, first + done);
    put_bit(to, at + done++, value);
    num_ones += static_cast<std::size_t>(value);
  };
  while (done < count && (at + done) % 8 != 0) one_bit();
  for (; count - done >= 8; done += 8) {
    unsigned byte = 0xFF;
    if (from != nullptr) {
      const std::size_t place = first + done;
      const unsigned shift = place % 8;
      byte = from[place / 8];
      const unsigned next = shift == 0 ? 0 : from[place / 8 + 1];
      byte = (byte >> shift | next << (8 - shift)) & 0xFFU;
    }
    to[(at + done) / 8] = static_cast<std::uint8_t>(byte);
    num_ones += static_cast<std::size_t>(std::popcount(byte));
  }
  while (done < count) one_bit();
  return count - num_ones;
}

}  // namespace

void ColumnBuilder::reserve_rows(std::size_t num_more) {
  const std::size_t needed = num_rows_ + num_more;
  if (row_capacity_ == 0) grow_rows();
  if (needed > row_capacity_) set_row_capacity(std::max(needed, 2 * row_capacity_));
}

void ColumnBuilder::append_validity(const ColumnView& from, std::size_t first, std::size_t count) {
  const auto* bits = from.values<std::uint8_t>(0);
  if (from.array_->null_count == 0) bits = nullptr;
  if (bits == nullptr && !has_validity_) return;
  if (!has_validity_) start_validity();
  num_nulls_ += copy_bits(reinterpret_cast<std::uint8_t*>(validity_.data()), num_rows_, bits,
                          from.place(first), count);
}

void ColumnBuilder::append_texts(const ColumnView& from, std::size_t first, std::size_t count) {
  const auto* source = from.values<std::int32_t>(1) + from.place(first);
  const auto num_bytes = static_cast<std::size_t>(source[count] - source[0]);
  values_.reserve(num_text_bytes_ + num_bytes, num_text_bytes_);
  if (num_bytes > 0) {
    std::memcpy(values_.data() + num_text_bytes_, from.values<char>(2) + source[0], num_bytes);
  }
  const std::int32_t shift = static_cast<std::int32_t>(num_text_bytes_) - source[0];
  std::int32_t* to = offsets() + num_rows_ + 1;
  for (std::size_t i = 0; i < count; ++i) to[i] = source[i + 1] + shift;
  num_text_bytes_ += num_bytes;
}

void ColumnBuilder::append_lists(const ColumnView& from, std::size_t first, std::size_t count) {
  const auto* source = from.values<std::int32_t>(1) + from.place(first);
  const auto num_elements = static_cast<std::size_t>(source[count] - source[0]);
  const std::int32_t shift = static_cast<std::int32_t>(children_.front().num_rows()) - source[0];
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i].append_rows(from.child(i), static_cast<std::size_t>(source[0]), num_elements);
  }
  std::int32_t* to = offsets() + num_rows_ + 1;
  for (std::size_t i = 0; i < count; ++i) to[i] = source[i + 1] + shift;
}

void ColumnBuilder::append_rows(const ColumnView& from, std::size_t first, std::size_t count) {
  if (count == 0) return;
  reserve_rows(count);
  append_validity(from, first, count);
  switch (type_.kind) {
    case TypeKind::Boolean:
      copy_bits(reinterpret_cast<std::uint8_t*>(values_.data()), num_rows_,
                from.values<std::uint8_t>(1), from.place(first), count);
      break;
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Json: append_texts(from, first, count); break;
    case TypeKind::List:
    case TypeKind::Map: append_lists(from, first, count); break;
    case TypeKind::Struct:
      for (std::size_t i = 0; i < children_.size(); ++i) {
        children_[i].append_rows(from.child(i), first, count);
      }
      break;
    default:
      std::memcpy(values_.data() + num_rows_ * value_width_,
                  from.values<char>(1) + from.place(first) * value_width_, count * value_width_);
      break;
  }
  num_rows_ += count;
}

}  // namespace inlet
