#include <cstdlib>

#include "inlet/base/foreign_threads.h"
#include "inlet/data/arrow_array_internal.h"

namespace inlet {

std::size_t fixed_width(TypeKind kind) {
  switch (kind) {
    case TypeKind::Int:
    case TypeKind::Float:
    case TypeKind::Date: return 4;
    case TypeKind::Long:
    case TypeKind::Double:
    case TypeKind::Timestamp: return 8;
    case TypeKind::Decimal: return 16;
    default: return 0;
  }
}

struct OwnedArray::Parts {
  std::vector<const void*> buffers;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> child_pointers;

  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    for (const void* buffer : buffers) std::free(const_cast<void*>(buffer));
    // A consumer may have moved a child out: its release is null then.
    for (const auto& child : children) {
      if (child->release != nullptr) child->release(child.get());
    }
  }
};

OwnedArray::OwnedArray(std::size_t num_rows)
    : num_rows_(num_rows), parts_(std::make_unique<Parts>()) {}
OwnedArray::~OwnedArray() = default;

void OwnedArray::add_buffer(void* memory) {
  parts_->buffers.push_back(memory);
}

void OwnedArray::add_child(ArrowArray child) {
  parts_->children.push_back(std::make_unique<ArrowArray>(child));
  parts_->child_pointers.push_back(parts_->children.back().get());
}

void OwnedArray::release(ArrowArray* array) {
  sync_with_foreign_threads();
  const std::unique_ptr<Parts> parts(static_cast<Parts*>(array->private_data));
  array->release = nullptr;
}

ArrowArray OwnedArray::to_arrow() && {
  ArrowArray array = {};
  array.length = static_cast<int64_t>(num_rows_);
  array.null_count = static_cast<int64_t>(num_nulls_);
  array.n_buffers = static_cast<int64_t>(parts_->buffers.size());
  array.buffers = parts_->buffers.data();
  array.n_children = static_cast<int64_t>(parts_->child_pointers.size());
  array.children = parts_->child_pointers.data();
  array.release = &OwnedArray::release;
  array.private_data = parts_.release();
  return array;
}

}  // namespace inlet
