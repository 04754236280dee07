#include "inlet/data/batch_joiner.h"

#include "inlet/base/try.h"

namespace inlet {
namespace {

constexpr std::size_t kEnoughRows = 512;
constexpr std::size_t kEnoughBytes = 8 << 20;

}  // namespace

Status BatchJoiner::add(Batch batch) {
  if (batch.num_rows() == 0) return {};
  const bool is_large = batch.num_rows() >= kEnoughRows;
  const bool is_alike = batch.shared_schema() == schema_ || (schema_ && batch.schema() == *schema_);
  if (is_large || !is_alike) TRY(flush());
  if (is_large) return take_(std::move(batch));
  if (!is_alike) {
    schema_ = batch.shared_schema();
    builder_.emplace(schema_);
  }
  builder_->append(batch, 0, batch.num_rows());
  num_bytes_ += batch.num_bytes();
  const bool is_enough = builder_->num_rows() >= kEnoughRows || num_bytes_ >= kEnoughBytes;
  return is_enough ? flush() : Status{};
}

Status BatchJoiner::flush() {
  if (num_bytes_ == 0) return {};
  num_bytes_ = 0;
  return take_(builder_->finish());
}

}  // namespace inlet
