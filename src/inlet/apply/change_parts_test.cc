#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "inlet/apply/change_parts_internal.h"
#include "inlet/data/column_builder.h"
#include "testkit/file_size_limit.h"
#include "testkit/temporary_folder.h"

namespace inlet::apply {
namespace {

// By key, the numbers of its changes as they came back, and the parts that they were in.
struct Found {
  std::vector<std::int64_t> numbers;
  std::vector<std::size_t> parts;
};

class ChangePartsTest : public testing::Test {
 protected:
  /// Rows of random keys, numbered in the order of coming; every second batch has a column more.
  Changes next_rows(std::size_t num_rows, ChangeKind kind = ChangeKind::Upsert) {
    Schema schema{{{"key", {TypeKind::String}, false}, {"number", {TypeKind::Long}, false}}};
    const bool has_more = num_batches_++ % 2 == 0;
    if (has_more) schema.fields.push_back({"more", {TypeKind::Long}});
    BatchBuilder builder(std::make_shared<const Schema>(schema));
    for (std::size_t row = 0; row < num_rows; ++row) {
      const std::string key = "k" + std::to_string(random_() % 40);
      builder.column(0).append_bytes(key);
      builder.column(1).append_int64(num_changes_);
      if (has_more) builder.column(2).append_int64(-num_changes_);
      if (kind == ChangeKind::Upsert) given_[key].push_back(num_changes_);
      ++num_changes_;
    }
    return {std::make_shared<const Batch>(builder.finish()), kind};
  }

  static std::map<std::string, Found> read(const ChangeParts& parts, ChangeKind wanted) {
    std::map<std::string, Found> found;
    for (std::size_t part = 0; part < ChangeParts::kNumParts; ++part) {
      const Status visited = parts.visit(part, [&](const Batch& rows, ChangeKind kind) -> Status {
        const ColumnView keys = *ColumnView::find(rows, "key");
        const ColumnView numbers = *ColumnView::find(rows, "number");
        const auto more = ColumnView::find(rows, "more");
        for (std::size_t row = 0; kind == wanted && row < rows.num_rows(); ++row) {
          Found& of_key = found[std::string(keys.bytes(row))];
          of_key.numbers.push_back(numbers.int64(row));
          of_key.parts.push_back(part);
          if (!more) continue;
          EXPECT_EQ(more->int64(row), -numbers.int64(row));
        }
        return {};
      });
      EXPECT_TRUE(visited) << visited.error().message;
    }
    return found;
  }

  void expect_given(const ChangeParts& parts) const {
    const std::map<std::string, Found> found = read(parts, ChangeKind::Upsert);
    EXPECT_EQ(found.size(), given_.size());
    for (const auto& [key, numbers] : given_) {
      ASSERT_TRUE(found.contains(key));
      EXPECT_EQ(found.at(key).numbers, numbers) << key;
      EXPECT_THAT(found.at(key).parts, testing::Each(found.at(key).parts.front())) << key;
    }
  }

  testkit::TemporaryFolder folder_;
  std::mt19937_64 random_{3};
  std::map<std::string, std::vector<std::int64_t>> given_;
  std::int64_t num_changes_ = 0;
  int num_batches_ = 0;
};

TEST_F(ChangePartsTest, AllChangesOfAKeyAreInOnePartInTheOrderInWhichTheyCame) {
  ChangeParts parts({"key"}, folder_.path());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(parts.put_aside(std::vector{next_rows(30), next_rows(40), next_rows(1)}));
  }
  expect_given(parts);
  // Again, as after a lost race.
  expect_given(parts);
}

TEST_F(ChangePartsTest, DeletesAreKeptApartFromUpserts) {
  ChangeParts parts({"key"}, folder_.path());
  const Changes deletes = next_rows(20, ChangeKind::Delete);
  ASSERT_TRUE(parts.put_aside(std::vector{next_rows(30), deletes, next_rows(30)}));
  expect_given(parts);
  std::size_t num_deletes = 0;
  for (const auto& [key, found] : read(parts, ChangeKind::Delete)) {
    num_deletes += found.numbers.size();
  }
  EXPECT_EQ(num_deletes, 20U);
}

TEST_F(ChangePartsTest, BytesOfPartsAreThoseOfAll) {
  ChangeParts parts({"key"}, folder_.path());
  ASSERT_TRUE(parts.put_aside(std::vector{next_rows(30)}));
  std::uint64_t sum = 0;
  std::uint64_t most = 0;
  for (std::size_t part = 0; part < ChangeParts::kNumParts; ++part) {
    sum += parts.num_bytes(part);
    most = std::max(most, parts.num_bytes(part));
  }
  EXPECT_GT(most, 0U);
  EXPECT_GT(sum, most);
  EXPECT_EQ(parts.largest_part_bytes(), most);
}

TEST_F(ChangePartsTest, AfterAFailureNothingOfTheChangesIsThere) {
  ChangeParts parts({"key"}, folder_.path());
  ASSERT_TRUE(parts.put_aside(std::vector{next_rows(30)}));
  auto before = given_;
  const Changes refused = next_rows(1000);
  {
    const testkit::FileSizeLimit full(4096);
    const Status done = parts.put_aside(std::vector{refused});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Unavailable);
  }
  given_ = std::move(before);
  expect_given(parts);
}

TEST_F(ChangePartsTest, ThoseKeptInMemoryComeBehindThoseOnDisk) {
  ChangeParts parts({"key"}, folder_.path());
  ASSERT_TRUE(parts.put_aside(std::vector{next_rows(30)}));
  ASSERT_TRUE(parts.keep(std::vector{next_rows(30), next_rows(30)}));
  expect_given(parts);
}

TEST_F(ChangePartsTest, LeaveNoFileBehind) {
  ChangeParts parts({"key"}, folder_.path());
  ASSERT_TRUE(parts.put_aside(std::vector{next_rows(30)}));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace inlet::apply
