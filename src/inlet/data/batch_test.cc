#include "inlet/data/batch.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>

#include "inlet/data/column_builder.h"

namespace inlet {
namespace {

Batch numbers(std::int64_t count) {
  BatchBuilder builder(
      std::make_shared<const Schema>(Schema{{{.name = "n", .type = Type{TypeKind::Long}}}}));
  for (std::int64_t i = 0; i < count; ++i) builder.columns()[0].append_int64(i);
  return builder.finish();
}

TEST(Share, GivesTheSameMemoryAgain) {
  const auto batch = std::make_shared<const Batch>(numbers(3));
  const Batch shared = share(batch);
  EXPECT_EQ(shared.num_rows(), 3);
  EXPECT_EQ(shared.num_bytes(), batch->num_bytes());
  EXPECT_EQ(shared.shared_schema(), batch->shared_schema());
  EXPECT_EQ(shared.array().children[0]->buffers[1], batch->array().children[0]->buffers[1]);
}

TEST(Share, OutlivesWhatItWasMadeOf) {
  auto batch = std::make_shared<const Batch>(numbers(3));
  std::optional<Batch> shared = share(batch);
  const std::weak_ptr<const Batch> watched = batch;
  batch.reset();
  ASSERT_FALSE(watched.expired());
  EXPECT_EQ(ColumnView::find(*shared, "n")->int64(2), 2);
  shared.reset();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace inlet
