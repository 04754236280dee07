#include "inlet/delta/objects.h"

#include <filesystem>
#include <set>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class ObjectsTest : public TableFixture {
 protected:
  static std::set<std::string> needed(const Snapshot& table, Timestamp horizon, Need wanted) {
    std::set<std::string> urls;
    const Status visited = visit_needed(table, horizon, [&](std::string_view url, Need need) {
      if (need == wanted) urls.insert(std::string(url));
    });
    EXPECT_TRUE(visited) << visited.error().message;
    return urls;
  }
  static Timestamp in_hours(int hours) {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) +
           std::chrono::hours(hours);
  }

  /// A file of four rows, one of them dead, and one file removed.
  Snapshot used_table() {
    Snapshot table = people_table(4);
    first_ = table.files().value().front().path;
    const StagedFile second = write_file(table, people(5, 6));
    second_ = second.path;
    table = must_commit(table, {.add = {second}});
    table = must_commit(table, {.operation = Operation::Delete, .delete_rows = {{first_, {0}}}});
    return must_commit(table, {.operation = Operation::Delete, .remove = {second_}});
  }

  std::string first_;
  std::string second_;
};

TEST_F(ObjectsTest, DataFilesAndDeletionVectorsOfTheSnapshotAreNeeded) {
  const auto live = needed(used_table(), in_hours(1), Need::Live);
  EXPECT_THAT(live, SizeIs(2));
  EXPECT_THAT(live, Contains(EndsWith(first_)));
  EXPECT_THAT(live, Contains(EndsWith(".bin")));
}

TEST_F(ObjectsTest, WhatWasRemovedAfterTheHorizonIsNeeded) {
  const Snapshot table = used_table();
  EXPECT_THAT(needed(table, in_hours(-1), Need::Removed), Contains(EndsWith(second_)));
  EXPECT_THAT(needed(table, in_hours(1), Need::Removed), IsEmpty());
}

TEST_F(ObjectsTest, TheVectorThatALaterOneReplacedIsNeededAsLong) {
  Snapshot table = used_table();
  const auto before = needed(table, in_hours(1), Need::Live);
  table = must_commit(table, {.operation = Operation::Delete, .delete_rows = {{first_, {1}}}});
  const auto removed = needed(table, in_hours(-1), Need::Removed);
  for (const std::string& url : before) EXPECT_THAT(removed, Contains(url));
}

TEST_F(ObjectsTest, RemovesAreKnownFromTheCheckpointWhenTheLogIsGone) {
  const Snapshot table = used_table();
  ASSERT_TRUE(checkpoint(table));
  for (int version = 0; version <= table.version(); ++version) {
    std::filesystem::remove(folder_ / "table/_delta_log" /
                            (std::string(19, '0') + std::to_string(version) + ".json"));
  }
  const Snapshot fresh = Snapshot::open(engine_, url()).value();
  EXPECT_THAT(needed(fresh, in_hours(-1), Need::Removed), Contains(EndsWith(second_)));
}

TEST_F(ObjectsTest, ALongerRetentionThanTheTablesOwnLooksIntoTheOldCommits) {
  Snapshot table =
      Snapshot::create(
          engine_, url(), people_schema(),
          {.properties = {{"delta.deletedFileRetentionDuration", "interval 0 seconds"}}})
          .value();
  const StagedFile file = write_file(table, people(1, 2));
  table = must_commit(table, {.add = {file}});
  table = must_commit(table, {.operation = Operation::Delete, .remove = {file.path}});
  table = checkpoint(table).value();
  EXPECT_THAT(needed(table, in_hours(-1), Need::Removed), Contains(EndsWith(file.path)));
  EXPECT_THAT(needed(table, in_hours(1), Need::Removed), IsEmpty());
}

TEST_F(ObjectsTest, ADiscardedFileIsGone) {
  const Snapshot table = people_table(1);
  const StagedFile file = write_file(table, people(2, 2));
  ASSERT_TRUE(std::filesystem::exists(folder_ / "table" / file.path));
  ASSERT_TRUE(discard(table, file));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "table" / file.path));
}

}  // namespace
}  // namespace inlet::delta
