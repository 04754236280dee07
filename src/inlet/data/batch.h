#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "inlet/data/arrow.h"
#include "inlet/data/type.h"

namespace inlet {

/// Rows of one schema as Arrow columns: owns an ArrowArray of struct type whose children are the
/// schema's columns in order, offset 0, with no nulls at the top. Move only; the memory goes with
/// it.
class Batch {
 public:
  Batch() = default;
  /// Takes over `array` (its release is called exactly once).
  Batch(std::shared_ptr<const Schema> schema, ArrowArray array);
  ~Batch();
  Batch(Batch&& other) noexcept;
  Batch& operator=(Batch&& other) noexcept;
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  const Schema& schema() const { return *schema_; }
  const std::shared_ptr<const Schema>& shared_schema() const { return schema_; }
  std::size_t num_rows() const { return static_cast<std::size_t>(array_.length); }
  /// Bytes held by all buffers: what the queues and the memory budget count.
  std::size_t num_bytes() const;
  /// Borrowed; valid while this Batch lives.
  const ArrowArray& array() const { return array_; }
  /// Gives the ArrowArray away (to the bridge or to Python); this Batch is empty afterwards.
  ArrowArray release();

 private:
  std::shared_ptr<const Schema> schema_;
  ArrowArray array_ = {};
};

/// Another batch of the same memory, which lives as long as one of them does. Nobody changes it.
Batch share(std::shared_ptr<const Batch> batch);

/// A borrowed view of one column for reading values. Valid while the Batch lives. The typed
/// accessors expect a column of their kind and a row that is not null.
class ColumnView {
 public:
  ColumnView(const Type& type, const ArrowArray& array) : type_(&type), array_(&array) {}
  /// The column at a dotted path of struct members; nullopt when there is none.
  static std::optional<ColumnView> find(const Batch& batch, std::string_view path);

  const Type& type() const { return *type_; }
  std::size_t num_rows() const { return static_cast<std::size_t>(array_->length); }
  bool is_null(std::size_t row) const;
  bool boolean(std::size_t row) const;
  std::int32_t int32(std::size_t row) const;  ///< Int, Date
  std::int64_t int64(std::size_t row) const;  ///< Long, Timestamp
  float float32(std::size_t row) const;
  double float64(std::size_t row) const;
  __extension__ __int128 decimal(std::size_t row) const;  ///< unscaled
  std::string_view bytes(std::size_t row) const;          ///< String, Binary, Json
  ColumnView child(
      std::size_t index) const;  ///< Struct: member; Map: 0 = keys, 1 = values; List: 0 = elements
  /// List, Map: the first element of `row` and the one past its last.
  std::pair<std::size_t, std::size_t> range(std::size_t row) const;

 private:
  friend class ColumnBuilder;
  ColumnView(const Type& type, const ArrowArray& array, std::size_t first_row)
      : type_(&type), array_(&array), first_row_(first_row) {}
  /// Where `row` lies in the buffers: arrays from elsewhere may be slices, at every level.
  std::size_t place(std::size_t row) const {
    return row + first_row_ + static_cast<std::size_t>(array_->offset);
  }
  template <class T>
  const T* values(int buffer) const {
    return static_cast<const T*>(array_->buffers[buffer]);
  }

  const Type* type_;
  const ArrowArray* array_;
  std::size_t first_row_ = 0;  // of a struct parent's slice
};

/// The schema in Arrow's C form, for handing over together with a batch. The caller releases it.
/// Timestamps are `tsu:UTC`, decimals `d:p,s`, lists `+l` with child "element", maps `+m` of
/// "key_value"{"key","value"}; strings `u`, binary `z` (32-bit offsets).
ArrowSchema to_arrow_schema(const Schema& schema);

/// The reverse, for batches that come back from the bridge. Large strings and views are refused.
Result<Schema> from_arrow_schema(const ArrowSchema& schema);

}  // namespace inlet
