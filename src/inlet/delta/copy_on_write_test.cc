// Tables without deletion vectors: rows die because files are written again without them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "inlet/base/format.h"
#include "inlet/delta/copy_on_write_internal.h"
#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CopyOnWriteTest : public TableFixture {
 protected:
  Snapshot make_compatible_table() {
    auto table = Snapshot::open_or_create(engine_, url(), people_schema(),
                                          {.compatibility = Compatibility::Max});
    EXPECT_TRUE(table) << table.error().message;
    return *std::move(table);
  }

  /// A file of rows 1 to 5 and one of rows 6 to 9.
  Snapshot two_files() {
    const Snapshot table = make_compatible_table();
    return must_commit(table,
                       {.add = {write_file(table, people(1, 5)), write_file(table, people(6, 9))}});
  }

  static std::string path_with_rows(const Snapshot& table, std::uint64_t num_rows) {
    const auto files = table.files().value();
    return std::ranges::find(files, num_rows, &DataFile::num_rows)->path;
  }

  std::vector<std::string> ids(const Snapshot& table) const {
    std::vector<std::string> found = rows(table, {"id"});
    std::ranges::sort(found);
    return found;
  }

  std::string log(int version) const {
    std::ifstream file(folder_ / format("table/_delta_log/{:020}.json", version));
    return (std::stringstream() << file.rdbuf()).str();
  }

  /// As another writer does: the metadata of version 0 again, with the property changed.
  void switch_deletion_vectors_off(int version) const {
    std::istringstream actions(log(0));
    std::ofstream file(folder_ / format("table/_delta_log/{:020}.json", version));
    for (std::string action; std::getline(actions, action);) {
      const std::string_view property = R"("delta.enableDeletionVectors":")";
      const auto found = action.find(property);
      if (found == std::string::npos) continue;
      file << action.replace(found + property.size(), 4, "false") << '\n';
    }
  }

  std::size_t num_objects_like(std::string_view ending) const {
    std::size_t num_found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "table")) {
      num_found += entry.path().string().ends_with(ending) ? 1U : 0U;
    }
    return num_found;
  }
};

TEST_F(CopyOnWriteTest, ACompatibleTableHasNoTableFeatures) {
  const Snapshot table = make_compatible_table();
  EXPECT_FALSE(table.has_deletion_vectors());
  EXPECT_FALSE(table.property("delta.enableDeletionVectors"));
  EXPECT_EQ(table.schema(), people_schema());
  EXPECT_THAT(log(0), HasSubstr(R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"));
}

TEST_F(CopyOnWriteTest, AnotherCreationIsAConflict) {
  make_compatible_table();
  const auto again = Snapshot::create(engine_, url(), people_schema(),
                                      {.properties = {{"delta.enableDeletionVectors", "false"}}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Conflict);
}

TEST_F(CopyOnWriteTest, DeadRowsAreGoneFromTheFilesThatHoldThem) {
  const Snapshot base = two_files();
  const std::string kept = path_with_rows(base, 4);
  const std::string changed = path_with_rows(base, 5);
  const Snapshot table =
      must_commit(base, {.operation = Operation::Merge, .delete_rows = {{changed, {1, 3, 4}}}});
  EXPECT_THAT(ids(table), ElementsAre(R"({"id":1})", R"({"id":3})", R"({"id":6})", R"({"id":7})",
                                      R"({"id":8})", R"({"id":9})"));
  const auto files = table.files().value();
  ASSERT_THAT(files, SizeIs(2));
  for (const DataFile& file : files) {
    EXPECT_EQ(file.num_dead, 0U);
    EXPECT_NE(file.path, changed);
  }
  EXPECT_EQ(path_with_rows(table, 4), kept) << "written again although nothing in it died";
  EXPECT_THAT(log(2), Not(HasSubstr("deletionVector")));
  EXPECT_THAT(log(2), Not(HasSubstr("\"protocol\"")));
  EXPECT_EQ(num_objects_like(".bin"), 0U);
}

TEST_F(CopyOnWriteTest, AFileWithoutLivingRowsIsOnlyRemoved) {
  const Snapshot base = two_files();
  const Snapshot table = must_commit(
      base,
      {.operation = Operation::Delete, .delete_rows = {{path_with_rows(base, 4), {0, 1, 2, 3}}}});
  EXPECT_THAT(table.files().value(), SizeIs(1));
  EXPECT_EQ(num_objects_like(".parquet"), 2U);
}

TEST_F(CopyOnWriteTest, NewRowsComeInTheSameCommit) {
  const Snapshot base = two_files();
  const Snapshot table = must_commit(base, {.operation = Operation::Merge,
                                            .add = {write_file(base, people(2, 2))},
                                            .delete_rows = {{path_with_rows(base, 5), {1}}}});
  EXPECT_EQ(table.version(), base.version() + 1);
  EXPECT_THAT(ids(table), SizeIs(9));
}

TEST_F(CopyOnWriteTest, ALostRaceLeavesNoFilesBehind) {
  const Snapshot base = two_files();
  must_commit(base, {.add = {write_file(base, people(10, 10))}});
  const std::size_t num_before = num_objects_like(".parquet");
  const auto late = commit(
      base, {.operation = Operation::Merge, .delete_rows = {{path_with_rows(base, 5), {0}}}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(num_objects_like(".parquet"), num_before);
}

TEST_F(CopyOnWriteTest, AFailureHalfWayLeavesNoFilesBehind) {
  const Snapshot base = two_files();
  const std::size_t num_before = num_objects_like(".parquet");
  // Every file is finished with its first row.
  const auto done = rewrite_without(
      base, {{path_with_rows(base, 5), {0}}, {path_with_rows(base, 4), {0, 99}}}, 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(num_objects_like(".parquet"), num_before);
  EXPECT_TRUE(rewrite_without(base, {{path_with_rows(base, 5), {0}}}, 1));
  EXPECT_EQ(num_objects_like(".parquet"), num_before + 1) << "there is nothing to be left behind";
}

TEST_F(CopyOnWriteTest, WhatIsNotThereIsRefused) {
  const Snapshot base = two_files();
  const std::string path = path_with_rows(base, 5);
  using DeadRows = decltype(Edit::delete_rows);
  const std::vector<DeadRows> wrong = {
      {{"nowhere.parquet", {0}}}, {{path, {5}}}, {{path, {0}}, {path, {1}}}};
  for (const DeadRows& dead : wrong) {
    const auto refused = commit(base, {.operation = Operation::Delete, .delete_rows = dead});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Bug);
  }
}

TEST_F(CopyOnWriteTest, AColumnThatComesWithTheChangeIsNullInRowsWrittenAgain) {
  const Snapshot base = two_files();
  const Snapshot table =
      must_commit(base, {.operation = Operation::Merge,
                         .delete_rows = {{path_with_rows(base, 4), {0, 1, 2}}},
                         .add_columns = {{{.name = "score", .type = {TypeKind::Long}}}}});
  EXPECT_THAT(rows(table, {"score"}), testing::Each(R"({"score":null})"));
}

TEST_F(CopyOnWriteTest, DeletionVectorsThatWereSwitchedOffArePurgedWithTheirFile) {
  const Snapshot base = people_table(5);
  const std::string path = base.files().value().front().path;
  must_commit(base, {.operation = Operation::Delete, .delete_rows = {{path, {0}}}});
  switch_deletion_vectors_off(3);
  const Snapshot off = Snapshot::open(engine_, url()).value();
  ASSERT_FALSE(off.has_deletion_vectors());
  const Snapshot table =
      must_commit(off, {.operation = Operation::Delete, .delete_rows = {{path, {2}}}});
  EXPECT_THAT(ids(table), ElementsAre(R"({"id":2})", R"({"id":4})", R"({"id":5})"));
  EXPECT_EQ(table.files().value().front().num_dead, 0U);
}

}  // namespace
}  // namespace inlet::delta
