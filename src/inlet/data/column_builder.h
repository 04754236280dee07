#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "inlet/data/batch.h"
#include "inlet/data/buffer.h"

namespace inlet {

/// Fills one column, value by value, straight into Arrow buffers; nested columns own their
/// children. The append functions are inline and unchecked: the caller (decode/) knows the type and
/// keeps a column's text under 2 GiB. Rows of a struct's children are appended by the caller, one
/// per append_struct(); list elements likewise, closed by end_list().
class ColumnBuilder {
 public:
  explicit ColumnBuilder(const Type& type);

  const Type& type() const { return type_; }
  std::size_t num_rows() const { return num_rows_; }

  /// Null here and, for structs, in every child.
  void append_null();
  void append_boolean(bool value);
  void append_int32(std::int32_t value);
  void append_int64(std::int64_t value);
  void append_float32(float value);
  void append_float64(double value);
  __extension__ void append_decimal(__int128 unscaled);
  void append_bytes(std::string_view value);
  /// Room for `size` bytes of the next string; finish with commit_bytes(actual). The pointer is
  /// valid until the next call. Lets the decoder unescape in place, without a copy.
  char* reserve_bytes(std::size_t size);
  void commit_bytes(std::size_t actual_size);
  void append_struct();
  /// Closes a list or map row: its elements are those appended to the children since the last one.
  void end_list();
  /// Copies `count` rows of a column of this type, from `first` on.
  void append_rows(const ColumnView& from, std::size_t first, std::size_t count);

  ColumnBuilder& child(std::size_t index) { return children_[index]; }
  std::span<ColumnBuilder> children() { return children_; }
  /// A row that has been appended.
  bool is_null(std::size_t row) const;

  /// Drops every value from row `num_rows` on, in the children too: how a refused record is taken
  /// back.
  void truncate(std::size_t num_rows);
  std::size_t num_bytes() const;
  /// Bytes of text in this column so far (String, Binary, Json).
  std::size_t num_text_bytes() const { return num_text_bytes_; }

  /// The filled column; the builder is empty afterwards and can be filled again.
  ArrowArray finish();

 private:
  template <class T>
  void append_value(T value);
  void begin_row() {
    if (num_rows_ == row_capacity_) [[unlikely]]
      grow_rows();
  }
  void end_valid_row() {
    if (has_validity_) [[unlikely]]
      set_validity(true);
    ++num_rows_;
  }
  void grow_rows();
  void set_row_capacity(std::size_t num_rows);
  void reserve_rows(std::size_t num_more);
  void append_validity(const ColumnView& from, std::size_t first, std::size_t count);
  void append_texts(const ColumnView& from, std::size_t first, std::size_t count);
  void append_lists(const ColumnView& from, std::size_t first, std::size_t count);
  void start_validity();
  void set_validity(bool is_valid);
  std::size_t num_elements() const;
  std::int32_t* offsets() { return reinterpret_cast<std::int32_t*>(offsets_.data()); }
  const std::int32_t* offsets() const {
    return reinterpret_cast<const std::int32_t*>(offsets_.data());
  }
  ArrowArray finish_entries();
  void reset();

  Type type_;
  std::size_t value_width_ = 0;  // bytes per row in values_; 0: bits, text or nested
  bool has_offsets_ = false;
  bool has_validity_ = false;  // made with the first null
  std::size_t num_rows_ = 0;
  std::size_t row_capacity_ = 0;
  std::size_t num_nulls_ = 0;
  std::size_t num_text_bytes_ = 0;
  std::size_t last_num_rows_ = 0;  // of the batch before: the first guess for the next
  std::size_t last_text_bytes_ = 0;
  Buffer validity_;
  Buffer values_;
  Buffer offsets_;
  std::vector<ColumnBuilder> children_;
};

/// One ColumnBuilder per column of a schema.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::shared_ptr<const Schema> schema);
  const Schema& schema() const { return *schema_; }
  ColumnBuilder& column(std::size_t index) { return columns_[index]; }
  std::span<ColumnBuilder> columns() { return columns_; }
  std::size_t num_rows() const;
  std::size_t num_bytes() const;
  void truncate(std::size_t num_rows);
  /// Copies `count` rows of `batch`, which has this schema, from `first` on.
  void append(const Batch& batch, std::size_t first, std::size_t count);
  Batch finish();

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<ColumnBuilder> columns_;
};

}  // namespace inlet

#include "inlet/data/column_builder_inline.h"  // IWYU pragma: export
