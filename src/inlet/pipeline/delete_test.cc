// Deletes on their way from a source to its table: from a delete flow, and from a condition on
// rows.
#include <gtest/gtest.h>

#include "inlet/pipeline/run_fixture_test.h"

namespace inlet::pipeline {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view kBoth = "  - table: {source_table: both}\n";
constexpr std::string_view kThings =
    "  - table: {source_table: things, table_configuration: {apply_as_deletes: name = 'gone'}}\n";

std::string record(int id, int seq, std::string_view name) {
  return format(R"({{"id":{},"seq":{},"name":"{}"}})", id, seq, name);
}
std::string key(int id, int seq) {
  return format(R"({{"id":{},"seq":{}}})", id, seq);
}

class Deletes : public RunFixture {
 protected:
  std::vector<std::string>& upserts() { return fake_world().records["both"]; }
  std::vector<std::string>& deletes() { return fake_world().records["both deletes"]; }
};

TEST_F(Deletes, TheDeleteFlowTakesRowsOut) {
  upserts() = {record(1, 1, "a"), record(2, 1, "b")};
  deletes() = {key(1, 2)};
  const TableReport report = run_one(kBoth);
  EXPECT_EQ(rows("both"), Names{"\"b\""});
  EXPECT_EQ(report.fetched, 3U);
  EXPECT_EQ(report.committed, 2U);
  EXPECT_EQ(report.deduplicated, 1U);
  EXPECT_EQ(report.offset_after.to_text(), R"({"deletes":{"n":"1"},"n":"2"})");
}

TEST_F(Deletes, EachFlowGoesOnFromItsOwnOffset) {
  upserts() = {record(1, 1, "a"), record(2, 1, "b")};
  run_one(kBoth);
  deletes() = {key(2, 3)};
  const TableReport second = run_one(kBoth);
  EXPECT_EQ(second.fetched, 1U);
  EXPECT_EQ(second.deleted, 1U);
  EXPECT_EQ(rows("both"), Names{"\"a\""});
  EXPECT_EQ(run_one(kBoth).fetched, 0U);
}

TEST_F(Deletes, ALateOlderUpsertStaysOutOfADeletedKey) {
  deletes() = {key(1, 5)};
  run_one(kBoth);
  upserts() = {record(1, 4, "late")};
  EXPECT_EQ(run_one(kBoth).deduplicated, 1U);
  EXPECT_EQ(rows("both"), Names{});
  upserts().push_back(record(1, 5, "on a tie the upsert wins"));
  EXPECT_EQ(run_one(kBoth).committed, 1U);
  EXPECT_EQ(rows("both").size(), 1U);
}

TEST_F(Deletes, ATombstoneThatAnUpsertRemovedIsGone) {
  deletes() = {key(1, 5)};
  run_one(kBoth);
  upserts() = {record(1, 6, "back")};
  run_one(kBoth);
  EXPECT_EQ(num_rows("both_aux"), 0U);
  deletes().push_back(key(1, 6));
  EXPECT_EQ(run_one(kBoth).deduplicated, 1U);
  EXPECT_EQ(rows("both"), Names{"\"back\""});
}

TEST_F(Deletes, ANewerDeleteAdvancesTheTombstoneAndAnOlderOneDoesNot) {
  deletes() = {key(1, 5)};
  run_one(kBoth);
  deletes() = {key(1, 5), key(1, 9)};
  EXPECT_EQ(run_one(kBoth).committed, 1U);
  deletes().push_back(key(1, 7));
  EXPECT_EQ(run_one(kBoth).deduplicated, 1U);
  deletes().push_back(key(1, 9));
  EXPECT_EQ(run_one(kBoth).unchanged, 1U);
  upserts() = {record(1, 8, "late")};
  run_one(kBoth);
  EXPECT_EQ(rows("both"), Names{});
  EXPECT_EQ(num_rows("both_aux"), 1U);
}

TEST_F(Deletes, AFullRefreshForgetsTombstones) {
  deletes() = {key(1, 5)};
  run_one(kBoth);
  deletes().clear();
  upserts() = {record(1, 4, "early")};
  RunOptions options;
  options.full_refresh = {"both"};
  run_one(kBoth, options);
  EXPECT_EQ(rows("both").size(), 1U);
}

TEST_F(Deletes, ARowThatMeetsTheConditionDeletesItsKey) {
  fake_world().records["things"] = {record(1, 1, "a"), record(2, 1, "b"), record(1, 2, "gone"),
                                    record(3, 1, "gone"), R"({"id":4,"seq":1,"name":null})"};
  const TableReport report = run_one(kThings);
  EXPECT_EQ(rows("things"), (Names{"\"b\"", "null"}));
  EXPECT_EQ(report.fetched, 5U);
  EXPECT_EQ(report.committed, 4U);
  EXPECT_EQ(report.deduplicated, 1U);
}

TEST_F(Deletes, AConditionThatCannotBeReadNamesItsPlace) {
  fake_world().records["things"] = {};
  const auto report = run(
      "  - table: {source_table: things, table_configuration: {apply_as_deletes: nam = 'x'}}\n");
  ASSERT_TRUE(report.has_value());
  EXPECT_NE(report->tables[0].error->message.find("byte 1: there is no column \"nam\" (did you "
                                                  "mean \"name\"?)"),
            std::string::npos)
      << report->tables[0].error->message;
}

TEST_F(Deletes, ACrashAroundTheTombstonesCommitIsHealedByTheNextRun) {
  for (int crash_after = 1; crash_after <= 2; ++crash_after) {
    fake_world() = {};
    const std::string table = format("t{}", crash_after);
    const std::string object =
        format("  - table: {{source_table: both, destination_table: {}}}\n", table);
    upserts() = {record(1, 1, "a"), record(2, 1, "b")};
    run_one(object);
    deletes() = {key(1, 2)};
    observer_.crash_at = Step::AuxiliaryCommit;
    observer_.crash_after = crash_after;
    run_one(object);
    observer_.crash_at = {};
    run_one(object);
    EXPECT_EQ(rows(table), Names{"\"b\""});
    EXPECT_EQ(num_rows(table + "_aux"), 1U);
  }
}

}  // namespace
}  // namespace inlet::pipeline
