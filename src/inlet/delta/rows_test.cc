#include <filesystem>
#include <numeric>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RowsTest : public TableFixture {
 protected:
  static std::vector<std::string> read_rows(const Snapshot& table, const DataFile& file,
                                            const std::vector<std::string>& columns,
                                            const std::vector<std::uint64_t>& positions) {
    std::vector<std::string> found;
    const Status read = table.read_rows(
        file, columns, positions, [&](Batch batch, std::span<const std::uint64_t> at) -> Status {
          EXPECT_EQ(batch.num_rows(), at.size());
          for (std::size_t row = 0; row < batch.num_rows(); ++row)
            found.push_back(std::to_string(at[row]) + row_to_json(batch, row));
          return {};
        });
    EXPECT_TRUE(read) << read.error().message;
    return found;
  }
};

TEST_F(RowsTest, ChosenRowsAreReadWithTheirPositions) {
  const Snapshot table = people_table(30'000);
  const DataFile file = table.files().value().front();
  EXPECT_THAT(read_rows(table, file, {"name", "id"}, {0, 1, 9'000, 29'999}),
              ElementsAre(R"(0{"name":"name 1","id":1})", R"(1{"name":"name 2","id":2})",
                          R"(9000{"name":"name 9001","id":9001})",
                          R"(29999{"name":"name 30000","id":30000})"));
  EXPECT_THAT(read_rows(table, file, {"user"}, {4}),
              ElementsAre(R"(4{"user":{"login":"login-5","tags":["t0","t1"]}})"));
  EXPECT_THAT(read_rows(table, file, {}, {}), IsEmpty());
}

TEST_F(RowsTest, AllRowsMayBeChosen) {
  const Snapshot table = people_table(20'000);
  const DataFile file = table.files().value().front();
  std::vector<std::uint64_t> all(20'000);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(read_rows(table, file, {"id"}, all).size(), 20'000U);
}

TEST_F(RowsTest, DeadRowsAreReadLikeLiveOnes) {
  Snapshot table = people_table(5);
  DataFile file = table.files().value().front();
  table = must_commit(table, {.operation = Operation::Delete, .delete_rows = {{file.path, {2}}}});
  file = table.files().value().front();
  EXPECT_THAT(read_rows(table, file, {"id"}, {2, 3}), ElementsAre(R"(2{"id":3})", R"(3{"id":4})"));
}

TEST_F(RowsTest, OfARangeTheLiveRowsAreRead) {
  Snapshot table = people_table(20'000);
  DataFile file = table.files().value().front();
  table = must_commit(
      table, {.operation = Operation::Delete, .delete_rows = {{file.path, {9'999, 10'001}}}});
  file = table.files().value().front();
  const auto read = [&](RowRange range) {
    std::vector<std::uint64_t> seen;
    const auto visit = [&](const Batch& batch, std::span<const std::uint64_t> positions) -> Status {
      const auto ids = ColumnView::find(batch, "id");
      for (std::size_t row = 0; row < batch.num_rows(); ++row) {
        EXPECT_EQ(ids->int64(row), static_cast<std::int64_t>(positions[row]) + 1);
      }
      seen.insert(seen.end(), positions.begin(), positions.end());
      return {};
    };
    EXPECT_TRUE(table.read(file, {"id"}, visit, range));
    return seen;
  };
  EXPECT_THAT(read({.first = 9'998, .num_rows = 5}), ElementsAre(9'998, 10'000, 10'002));
  EXPECT_THAT(read({.first = 19'999, .num_rows = 5}), ElementsAre(19'999));
  EXPECT_THAT(read({.first = 20'000}), IsEmpty());
  EXPECT_EQ(read({}).size(), 19'998U);
}

TEST_F(RowsTest, PositionsPastTheEndOrOutOfOrderAreRefused) {
  const Snapshot table = people_table(5);
  const DataFile file = table.files().value().front();
  const auto visit = [](const Batch&, std::span<const std::uint64_t>) -> Status { return {}; };
  for (const std::vector<std::uint64_t>& positions :
       {std::vector<std::uint64_t>{5}, {2, 1}, {2, 2}}) {
    const Status read = table.read_rows(file, {"id"}, positions, visit);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::Bug);
    EXPECT_THAT(read.error().message, HasSubstr(file.path));
  }
}

TEST_F(RowsTest, TheVisitorsErrorStopsTheReading) {
  const Snapshot table = people_table(5);
  const Status read =
      table.read_rows(table.files().value().front(), {"id"}, std::vector<std::uint64_t>{1},
                      [](const Batch&, std::span<const std::uint64_t>) -> Status {
                        return fail(ErrorKind::BadRecord, "enough");
                      });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "enough");
}

TEST_F(RowsTest, DeadRowsAreThoseOfEveryDeletionSoFar) {
  Snapshot table = people_table(5);
  table = must_commit(table, {.add = {write_file(table, people(6, 9))}});
  const std::vector<DataFile> files = table.files().value();
  table = must_commit(table, {.operation = Operation::Delete,
                              .delete_rows = {{files[0].path, {1}}, {files[1].path, {0, 2}}}});
  table = must_commit(table,
                      {.operation = Operation::Delete, .delete_rows = {{files[0].path, {0, 3}}}});
  const std::string_view paths[] = {files[1].path, files[0].path};
  std::vector<std::vector<std::uint64_t>> dead;
  ASSERT_TRUE(
      table.dead_rows(paths, [&](std::size_t index, std::span<const std::uint64_t> positions) {
        EXPECT_EQ(index, dead.size());
        dead.emplace_back(positions.begin(), positions.end());
      }));
  EXPECT_THAT(dead, ElementsAre(ElementsAre(0, 2), ElementsAre(0, 1, 3)));
}

TEST_F(RowsTest, AFileWithoutADeletionVectorHasNoDeadRows) {
  const Snapshot table = people_table(5);
  const std::vector<DataFile> files = table.files().value();
  const std::string_view paths[] = {files[0].path};
  std::size_t num_visits = 0;
  ASSERT_TRUE(table.dead_rows(paths, [&](std::size_t, std::span<const std::uint64_t> positions) {
    ++num_visits;
    EXPECT_THAT(positions, IsEmpty());
  }));
  EXPECT_EQ(num_visits, 1U);
}

TEST_F(RowsTest, DeadRowsOfAFileThatIsNotInTheTableAreAnError) {
  const Snapshot table = people_table(5);
  const std::string_view paths[] = {"nope.parquet"};
  const Status read = table.dead_rows(paths, [](std::size_t, std::span<const std::uint64_t>) {});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("nope.parquet"));
}

}  // namespace
}  // namespace inlet::delta
