#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class DeletionTest : public TableFixture {
 protected:
  static std::string only_path(const Snapshot& table) { return table.files().value().front().path; }
};

TEST_F(DeletionTest, DeletedRowsAreNotReadAndPositionsStayThoseOfTheFile) {
  Snapshot table = people_table(5);
  table = must_commit(
      table, {.operation = Operation::Delete, .delete_rows = {{only_path(table), {0, 2}}}});
  const DataFile file = table.files().value().front();
  EXPECT_EQ(file.num_rows, 5U);
  EXPECT_EQ(file.num_dead, 2U);
  std::vector<std::uint64_t> seen;
  ASSERT_TRUE(table.read(file, {"id"},
                         [&](Batch batch, std::span<const std::uint64_t> positions) -> Status {
                           EXPECT_EQ(batch.num_rows(), positions.size());
                           seen.insert(seen.end(), positions.begin(), positions.end());
                           return {};
                         }));
  EXPECT_THAT(seen, ElementsAre(1, 3, 4));
  EXPECT_THAT(rows(table, {"id"}), ElementsAre(R"({"id":2})", R"({"id":4})", R"({"id":5})"));
}

TEST_F(DeletionTest, LaterDeletionsAreJoinedWithEarlierOnes) {
  Snapshot table = people_table(5);
  table = must_commit(
      table, {.operation = Operation::Delete, .delete_rows = {{only_path(table), {0, 2}}}});
  table = must_commit(table,
                      {.operation = Operation::Merge, .delete_rows = {{only_path(table), {2, 4}}}});
  EXPECT_THAT(rows(table, {"id"}), ElementsAre(R"({"id":2})", R"({"id":4})"));
}

TEST_F(DeletionTest, AFileWithoutLiveRowsIsRemoved) {
  Snapshot table = people_table(3);
  table = must_commit(table,
                      {.operation = Operation::Delete, .delete_rows = {{only_path(table), {1}}}});
  table = must_commit(
      table, {.operation = Operation::Delete, .delete_rows = {{only_path(table), {0, 2}}}});
  EXPECT_THAT(table.files().value(), SizeIs(0));
}

TEST_F(DeletionTest, AnUpsertIsOneCommit) {
  Snapshot table = people_table(3);
  table = must_commit(table, {.operation = Operation::Merge,
                              .add = {write_file(table, people(7, 7))},
                              .delete_rows = {{only_path(table), {1}}},
                              .app_id = "a",
                              .app_version = 1});
  EXPECT_EQ(table.version(), 2);
  EXPECT_THAT(rows(table, {"id"}),
              testing::UnorderedElementsAre(R"({"id":1})", R"({"id":3})", R"({"id":7})"));
}

TEST_F(DeletionTest, APositionPastTheEndIsRefused) {
  const Snapshot table = people_table(3);
  const auto wrong = commit(table, {.delete_rows = {{only_path(table), {3}}}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::Bug);
  EXPECT_THAT(wrong.error().message, HasSubstr("past the end"));
}

TEST_F(DeletionTest, AFileThatIsNotLiveIsRefused) {
  Snapshot table = people_table(3);
  const std::string path = only_path(table);
  table = must_commit(table, {.operation = Operation::Delete, .remove = {path}});
  EXPECT_EQ(commit(table, {.delete_rows = {{path, {0}}}}).error().kind, ErrorKind::Bug);
  EXPECT_EQ(commit(table, {.remove = {path}}).error().kind, ErrorKind::Bug);
}

TEST_F(DeletionTest, AFileMayBeChangedOnceInACommit) {
  const Snapshot table = people_table(3);
  const auto twice =
      commit(table, {.delete_rows = {{only_path(table), {0}}}, .remove = {only_path(table)}});
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("changed twice"));
}

}  // namespace
}  // namespace inlet::delta
