#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "inlet/data/batch.h"

namespace inlet {

/// Fills one column, value by value, straight into Arrow buffers; nested columns own their children.
/// The append functions are inline and unchecked: the caller (decode/) knows the type. Rows of a struct's
/// children are appended by the caller, one per append_struct(); list elements likewise, closed by end_list().
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
  /// Room for `size` bytes of the next string; finish with commit_bytes(actual). The pointer is valid
  /// until the next call. Lets the decoder unescape in place, without a copy.
  char* reserve_bytes(std::size_t size);
  void commit_bytes(std::size_t actual_size);
  void append_struct();
  /// Closes a list or map row: its elements are those appended to the children since the last one.
  void end_list();

  ColumnBuilder& child(std::size_t index) { return children_[index]; }

  /// Drops every value from row `num_rows` on, in the children too: how a refused record is taken back.
  void truncate(std::size_t num_rows);
  std::size_t num_bytes() const;

  /// The filled column; the builder is empty afterwards and can be filled again.
  ArrowArray finish();

 private:
  void append_valid();

  Type type_;
  std::size_t num_rows_ = 0;
  std::size_t num_nulls_ = 0;
  std::vector<std::uint8_t> validity_;
  std::vector<std::uint8_t> values_;
  std::vector<std::int32_t> offsets_;
  std::vector<ColumnBuilder> children_;
};

/// One ColumnBuilder per column of a schema.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::shared_ptr<const Schema> schema);
  ColumnBuilder& column(std::size_t index) { return columns_[index]; }
  std::size_t num_rows() const;
  std::size_t num_bytes() const;
  void truncate(std::size_t num_rows);
  Batch finish();

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<ColumnBuilder> columns_;
};

}  // namespace inlet
