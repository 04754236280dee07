#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlet/data/batch.h"

namespace inlet::apply {

/// The batches of one commit, told apart by their schemas: mostly they have one.
class HeldBatches {
 public:
  void add(std::shared_ptr<const Batch> batch);
  void clear();

  std::uint32_t size() const { return static_cast<std::uint32_t>(batches_.size()); }
  const std::shared_ptr<const Batch>& operator[](std::uint32_t batch) const {
    return batches_[batch];
  }
  auto begin() const { return batches_.begin(); }
  auto end() const { return batches_.end(); }
  std::uint64_t num_bytes() const { return num_bytes_; }

  bool is_of_one_schema() const { return shapes_.size() <= 1; }
  bool have_one_schema(std::uint32_t a, std::uint32_t b) const {
    return shape_of_[a] == shape_of_[b];
  }
  const std::vector<std::string>& columns_of(std::uint32_t batch) const {
    return shapes_[shape_of_[batch]].columns;
  }
  /// Each that some batch has, once.
  std::vector<std::string> all_columns() const;
  /// The columns of `table` that some batch lacks.
  std::vector<std::string> columns_lacking(const Schema& table) const;

 private:
  struct Shape {
    std::shared_ptr<const Schema> schema;
    std::vector<std::string> columns;
  };
  std::uint32_t find_shape(const std::shared_ptr<const Schema>& schema);

  std::vector<std::shared_ptr<const Batch>> batches_;
  std::vector<std::uint32_t> shape_of_;  // per batch
  std::vector<Shape> shapes_;
  std::uint64_t num_bytes_ = 0;
};

}  // namespace inlet::apply
