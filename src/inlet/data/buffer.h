#pragma once

#include <cstddef>
#include <memory>

namespace inlet {

/// Raw memory that grows and is never zeroed: the stuff Arrow buffers are made of. Move only;
/// release() gives the memory away, to be freed with std::free.
class Buffer {
 public:
  char* data() { return memory_.get(); }
  const char* data() const { return memory_.get(); }
  std::size_t capacity() const { return capacity_; }
  /// Room for `num_bytes` in all; the first `num_used` bytes are kept.
  void reserve(std::size_t num_bytes, std::size_t num_used) {
    if (num_bytes > capacity_) [[unlikely]]
      grow(num_bytes, num_used);
  }
  void* release();

 private:
  struct Free {
    void operator()(char* memory) const;
  };
  void grow(std::size_t num_bytes, std::size_t num_used);

  std::unique_ptr<char, Free> memory_;
  std::size_t capacity_ = 0;
};

}  // namespace inlet
