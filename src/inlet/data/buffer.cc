#include "inlet/data/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace inlet {
void Buffer::Free::operator()(char* memory) const {
  std::free(memory);
}

void Buffer::grow(std::size_t num_bytes, std::size_t num_used) {
  const std::size_t wanted = std::max(num_bytes, capacity_ * 2);
  // malloc's own alignment (16) is enough for every Arrow type, and its small blocks are far
  // cheaper than those of aligned_alloc.
  std::unique_ptr<char, Free> bigger(static_cast<char*>(std::malloc(wanted)));
  if (bigger == nullptr) throw std::bad_alloc();
  if (num_used > 0) std::memcpy(bigger.get(), memory_.get(), num_used);
  memory_ = std::move(bigger);
  capacity_ = wanted;
}

void* Buffer::release() {
  capacity_ = 0;
  return memory_.release();
}

}  // namespace inlet
