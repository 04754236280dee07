#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/data/column_builder.h"

namespace inlet {

/// Joins the small batches of small pages on their way to `take`: past here, work is done per
/// column and batch, and a hundred rows of a hundred columns would cost little else. Large batches
/// pass uncopied; the order stays.
class BatchJoiner {
 public:
  using Take = std::function<Status(Batch)>;
  explicit BatchJoiner(Take take) : take_(std::move(take)) {}

  Status add(Batch batch);
  /// Passes on what is held.
  Status flush();
  std::size_t num_bytes() const { return num_bytes_; }

 private:
  void join(const Batch& batch);

  const Take take_;
  std::shared_ptr<const Schema> schema_;
  std::optional<BatchBuilder> builder_;
  std::size_t num_bytes_ = 0;
};

}  // namespace inlet
