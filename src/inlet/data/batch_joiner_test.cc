#include "inlet/data/batch_joiner.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "inlet/base/format.h"
#include "inlet/data/batch_json.h"

namespace inlet {
namespace {

Schema nested_schema() {
  const Type tags = Type::list({TypeKind::String});
  return {{{.name = "id", .type = {TypeKind::Long}},
           {.name = "flag", .type = {TypeKind::Boolean}},
           {.name = "text", .type = {TypeKind::String}},
           {.name = "user",
            .type = Type::structure(
                {{.name = "login", .type = {TypeKind::String}}, {.name = "tags", .type = tags}})},
           {.name = "counts", .type = Type::map({TypeKind::String}, {TypeKind::Int})}}};
}

// Rows of every shape, a third of all values null.
Batch some_rows(std::mt19937& random, std::size_t num_rows) {
  BatchBuilder builder(std::make_shared<const Schema>(nested_schema()));
  const auto is_null = [&] { return random() % 3 == 0; };
  const auto put_text = [&](ColumnBuilder& column) {
    is_null() ? column.append_null() : column.append_bytes(std::string(random() % 12, 'x'));
  };
  for (std::size_t row = 0; row < num_rows; ++row) {
    is_null() ? builder.column(0).append_null()
              : builder.column(0).append_int64(static_cast<std::int64_t>(random()));
    is_null() ? builder.column(1).append_null()
              : builder.column(1).append_boolean(random() % 2 == 0);
    put_text(builder.column(2));
    ColumnBuilder& user = builder.column(3);
    if (is_null()) {
      user.append_null();
    } else {
      user.append_struct();
      put_text(user.child(0));
      for (auto n = random() % 4; n > 0; --n) put_text(user.child(1).child(0));
      user.child(1).end_list();
    }
    ColumnBuilder& counts = builder.column(4);
    for (auto n = random() % 3; n > 0; --n) {
      counts.child(0).append_bytes(format("k{}", n));
      is_null() ? counts.child(1).append_null() : counts.child(1).append_int32(7);
    }
    counts.end_list();
  }
  return builder.finish();
}

void read(const Batch& batch, std::vector<std::string>& rows) {
  for (std::size_t row = 0; row < batch.num_rows(); ++row) rows.push_back(row_to_json(batch, row));
}

TEST(BatchJoiner, KeepsEveryValueAndTheOrder) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> given;
    std::vector<std::string> taken;
    BatchJoiner joiner([&](const Batch& batch) {
      read(batch, taken);
      return Status{};
    });
    for (int i = 0; i < 20; ++i) {
      Batch batch = some_rows(random, random() % 40 == 0 ? 1500 : random() % 300);
      read(batch, given);
      ASSERT_TRUE(joiner.add(std::move(batch)));
    }
    ASSERT_TRUE(joiner.flush());
    ASSERT_EQ(taken, given);
  }
}

TEST(BatchJoiner, JoinsSmallBatchesAndPassesLargeOnes) {
  std::mt19937 random(7);
  std::vector<std::size_t> sizes;
  BatchJoiner joiner([&](const Batch& batch) {
    sizes.push_back(batch.num_rows());
    return Status{};
  });
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(joiner.add(some_rows(random, 100)));
  ASSERT_TRUE(joiner.add(some_rows(random, 5000)));
  ASSERT_TRUE(joiner.flush());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{600, 600, 600, 600, 600, 600, 400, 5000}));
}

TEST(BatchJoiner, DoesNotJoinWhatHasOtherColumns) {
  std::vector<std::size_t> sizes;
  BatchJoiner joiner([&](const Batch& batch) {
    sizes.push_back(batch.schema().fields.size());
    return Status{};
  });
  for (const char* name : {"a", "a", "b"}) {
    BatchBuilder builder(
        std::make_shared<const Schema>(Schema{{{.name = name, .type = {TypeKind::Int}}}}));
    builder.column(0).append_int32(1);
    ASSERT_TRUE(joiner.add(builder.finish()));
  }
  ASSERT_TRUE(joiner.flush());
  EXPECT_EQ(sizes.size(), 2U);
}

}  // namespace
}  // namespace inlet
