#include "inlet/upkeep/optimize.h"

#include "inlet/delta/table_fixture_test.h"

namespace inlet::upkeep {
namespace {

using delta::Operation;
using delta::Snapshot;
using testing::SizeIs;

class OptimizeTest : public delta::TableFixture {
 protected:
  Snapshot append(const Snapshot& table, int num_files) {
    Snapshot now = table;
    for (int file = 0; file < num_files; ++file) {
      now = must_commit(now, {.add = {write_file(now, people(next_, next_ + 9))}});
      next_ += 10;
    }
    return now;
  }
  static Optimized must_optimize(const Snapshot& table, Scope scope) {
    auto done = optimize(table, {}, scope);
    EXPECT_TRUE(done) << done.error().message;
    return *std::move(done);
  }
  static std::vector<std::string> sorted_rows(const Snapshot& table) {
    auto found = rows(table, {});
    std::ranges::sort(found);
    return found;
  }

  std::int64_t next_ = 0;
};

TEST_F(OptimizeTest, ManySmallFilesBecomeFew) {
  const Snapshot table = append(make_table(people_schema()), 20);
  const Optimized done = must_optimize(table, Scope::Due);
  EXPECT_EQ(done.before.num_files, 20U);
  EXPECT_EQ(done.before.num_rows, 200U);
  EXPECT_EQ(done.after.num_files, 1U);
  EXPECT_EQ(done.after.num_rows, 200U);
  EXPECT_EQ(done.num_files_removed, 20U);
  EXPECT_EQ(done.bytes_written, done.after.num_bytes);
  EXPECT_EQ(sorted_rows(done.table), sorted_rows(table));
}

TEST_F(OptimizeTest, ASecondTimeThereIsNothingToDo) {
  const Optimized first = must_optimize(append(make_table(people_schema()), 9), Scope::Due);
  const Optimized second = must_optimize(first.table, Scope::Due);
  EXPECT_EQ(second.num_commits, 0U);
  EXPECT_EQ(second.table.version(), first.table.version());
}

TEST_F(OptimizeTest, FewFilesAreLeftAloneUnlessAllIsAskedFor) {
  const Snapshot table = append(make_table(people_schema()), 3);
  EXPECT_EQ(must_optimize(table, Scope::Due).num_commits, 0U);
  EXPECT_EQ(must_optimize(table, Scope::Full).after.num_files, 1U);
}

TEST_F(OptimizeTest, DeadRowsGo) {
  Snapshot table = append(make_table(people_schema()), 1);
  table = must_commit(table, {.operation = Operation::Delete,
                              .delete_rows = {{table.files().value().front().path, {0, 1, 2}}}});
  const Optimized done = must_optimize(table, Scope::Due);
  EXPECT_EQ(done.before.num_dead, 3U);
  EXPECT_EQ(done.after.num_dead, 0U);
  EXPECT_EQ(done.after.num_rows, 7U);
}

TEST_F(OptimizeTest, AnEmptyTableIsFine) {
  const Optimized done = must_optimize(make_table(people_schema()), Scope::Full);
  EXPECT_EQ(done.num_commits, 0U);
}

TEST_F(OptimizeTest, RowsOfMergedFilesKeepTheirOrder) {
  const Optimized done = must_optimize(append(make_table(people_schema()), 8), Scope::Due);
  const auto ids = rows(done.table, {"id"});
  ASSERT_THAT(ids, SizeIs(80));
  for (std::size_t row = 0; row < ids.size(); ++row) {
    EXPECT_EQ(ids[row], "{\"id\":" + std::to_string(row) + "}");
  }
}

TEST_F(OptimizeTest, WithoutDataThereIsNoWriteAmplification) {
  EXPECT_EQ(write_amplification(make_table(people_schema()), 100).value(), std::nullopt);
}

TEST_F(OptimizeTest, WriteAmplificationIsReadFromTheLog) {
  const Snapshot table = append(make_table(people_schema()), 8);
  EXPECT_EQ(write_amplification(table, 100).value(), 1.0);
  const Optimized done = must_optimize(table, Scope::Due);
  const double expected =
      1.0 + static_cast<double>(done.bytes_written) / static_cast<double>(done.before.num_bytes);
  EXPECT_NEAR(write_amplification(done.table, 100).value().value(), expected, 1e-9);
}

}  // namespace
}  // namespace inlet::upkeep
