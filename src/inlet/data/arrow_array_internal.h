#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "inlet/data/arrow.h"
#include "inlet/data/type.h"

namespace inlet {

/// Bytes of one value in the data buffer; 0 where values are bits, of varying length, or nested.
std::size_t fixed_width(TypeKind kind);

/// An ArrowArray in the making: owns buffers (freed with std::free) and children until to_arrow()
/// ties them to the array's release callback.
class OwnedArray {
 public:
  explicit OwnedArray(std::size_t num_rows);
  ~OwnedArray();
  OwnedArray(const OwnedArray&) = delete;
  OwnedArray& operator=(const OwnedArray&) = delete;

  void set_num_nulls(std::size_t num_nulls) { num_nulls_ = num_nulls; }
  /// Takes over malloc'ed memory; null for an absent validity bitmap.
  void add_buffer(void* memory);
  /// Takes over `child`.
  void add_child(ArrowArray child);
  ArrowArray to_arrow() &&;

 private:
  struct Parts;
  static void release(ArrowArray* array);

  std::size_t num_rows_;
  std::size_t num_nulls_ = 0;
  std::unique_ptr<Parts> parts_;
};

}  // namespace inlet
