#include "inlet/pipeline/run_fixture_test.h"
#include "testkit/manual_clock.h"

namespace inlet::pipeline {
namespace {

class Run : public RunFixture {};

constexpr auto kEvents = "  - table: {source_table: events}\n";
constexpr auto kThings = "  - table: {source_table: things}\n";
constexpr auto kSet = "  - table: {source_table: set}\n";

using Rows = std::vector<std::string>;

TEST_F(Run, ReadsOnFromTheTablesOwnOffset) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})",
                                    R"({"id":2,"seq":2,"name":"b"})",
                                    R"({"id":3,"seq":3,"name":"c"})"};
  const TableReport first = run_one(kEvents);
  EXPECT_FALSE(first.error) << first.error->message;
  EXPECT_EQ(first.committed, 3U);
  fake_world().records["events"].push_back(R"({"id":4,"seq":4,"name":"d"})");
  const TableReport second = run_one(kEvents);
  EXPECT_EQ(second.fetched, 1U);
  EXPECT_EQ(second.offset_before.to_text(), R"({"n":"3"})");
  EXPECT_EQ(second.offset_after.to_text(), R"({"n":"4"})");
  EXPECT_EQ(rows("events"), (Rows{R"("a")", R"("b")", R"("c")", R"("d")"}));
  const TableReport third = run_one(kEvents);
  EXPECT_EQ(third.fetched, 0U);
  EXPECT_EQ(third.commits, 0U);
}

TEST_F(Run, TwoRunsOfOneMomentAreTwoRuns) {
  const testkit::ManualClock standing;
  clock_ = &standing;
  const Result<RunReport> first = run(kEvents);
  const Result<RunReport> second = run(kEvents);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_NE(first->run_id, second->run_id);
}

TEST_F(Run, FindsTheOffsetInTheLogWhenItsCopyIsGone) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})"};
  run_one(kEvents);
  std::filesystem::remove_all(folder_ / "events" / "_inlet");
  fake_world().records["events"].push_back(R"({"id":2,"seq":2,"name":"b"})");
  EXPECT_EQ(run_one(kEvents).fetched, 1U);
  EXPECT_EQ(rows("events"), (Rows{R"("a")", R"("b")"}));
}

TEST_F(Run, UpsertsByKeyAndAccountsForEveryRecord) {
  fake_world().records["things"] = {R"({"id":1,"seq":1,"name":"a"})",
                                    R"({"id":2,"seq":1,"name":"b"})",
                                    R"({"id":1,"seq":2,"name":"A"})"};
  const TableReport report = run_one(kThings);
  EXPECT_EQ(report.fetched, 3U);
  EXPECT_EQ(report.committed, 2U);
  EXPECT_EQ(report.deduplicated, 1U);
  EXPECT_EQ(rows("things"), (Rows{R"("A")", R"("b")"}));
}

TEST_F(Run, ASnapshotChangesOnlyWhatChanged) {
  fake_world().records["set"] = {R"({"id":1,"name":"a"})", R"({"id":2,"name":"b"})",
                                 R"({"id":3,"name":"c"})"};
  run_one(kSet);
  EXPECT_EQ(run_one(kSet).commits, 0U);
  fake_world().records["set"] = {R"({"id":1,"name":"a"})", R"({"id":2,"name":"B"})"};
  const TableReport report = run_one(kSet);
  EXPECT_EQ(report.committed, 1U);
  EXPECT_EQ(report.unchanged, 1U);
  EXPECT_EQ(report.deleted, 1U);
  EXPECT_EQ(rows("set"), (Rows{R"("B")", R"("a")"}));
}

TEST_F(Run, AnEmptySnapshotDoesNotEmptyTheTable) {
  fake_world().records["set"] = {R"({"id":1,"name":"a"})"};
  run_one(kSet);
  fake_world().records["set"] = {};
  const TableReport report = run_one(kSet);
  ASSERT_TRUE(report.error);
  EXPECT_NE(report.error->message.find("allow_empty_snapshot"), std::string::npos);
  EXPECT_EQ(rows("set"), (Rows{R"("a")"}));
}

TEST_F(Run, AnIncompleteSnapshotChangesNothing) {
  fake_world().records["set"] = {R"({"id":1,"name":"a"})", R"({"id":2,"name":"b"})",
                                 R"({"id":3,"name":"c"})"};
  run_one(kSet);
  fake_world().records["set"][0] = R"({"id":1,"name":"A"})";
  fake_world().fail_after_pages = 1;
  EXPECT_EQ(run_one(kSet).error->kind, ErrorKind::Unavailable);
  EXPECT_EQ(rows("set"), (Rows{R"("a")", R"("b")", R"("c")"}));
}

TEST_F(Run, KeepsTheGoodPagesOfAReadThatFails) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})",
                                    R"({"id":2,"seq":2,"name":"b"})",
                                    R"({"id":3,"seq":3,"name":"c"})"};
  fake_world().fail_after_pages = 1;
  EXPECT_EQ(run_one(kEvents).error->kind, ErrorKind::Unavailable);
  EXPECT_EQ(rows("events"), (Rows{R"("a")", R"("b")"}));
  fake_world().fail_after_pages = {};
  EXPECT_EQ(run_one(kEvents).fetched, 1U);
  EXPECT_EQ(rows("events"), (Rows{R"("a")", R"("b")", R"("c")"}));
}

TEST_F(Run, DoesNotCommitAPageThatEndsInMidAir) {
  fake_world() = {.page_size = 1, .fail_after_pages = 2, .is_mid_air = true};
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})",
                                    R"({"id":2,"seq":2,"name":"b"})",
                                    R"({"id":3,"seq":3,"name":"c"})"};
  EXPECT_TRUE(run_one(kEvents, {.commit_rows = 2}).error);
  fake_world().fail_after_pages = {};
  EXPECT_FALSE(run_one(kEvents, {.commit_rows = 2}).error);
  EXPECT_EQ(rows("events"), (Rows{R"("a")", R"("b")", R"("c")"}));
}

TEST_F(Run, QuarantinesABadRecordOnceAndGoesOn) {
  fake_world().records["things"] = {R"({"id":1,"seq":1,"name":"a"})",
                                    R"({"id":"x","seq":1,"name":"b"})",
                                    R"({"id":3,"seq":1,"name":"c"})"};
  const TableReport report = run_one(kThings);
  EXPECT_EQ(report.quarantined, 1U);
  EXPECT_EQ(report.committed, 2U);
  EXPECT_EQ(rows("things"), (Rows{R"("a")", R"("c")"}));
  EXPECT_EQ(rows("things_quarantine").size(), 1U);
  run_one(kThings, {.full_refresh = {"things"}});
  EXPECT_EQ(rows("things_quarantine").size(), 1U);
}

TEST_F(Run, ACursorThatDoesNotAdvanceIsAnError) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})"};
  fake_world().is_stuck = true;
  const TableReport report = run_one(kEvents);
  ASSERT_TRUE(report.error);
  EXPECT_NE(report.error->message.find("does not advance"), std::string::npos);
  EXPECT_EQ(rows("events"), Rows{});
}

TEST_F(Run, OneFailingTableDoesNotStopTheOthers) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})"};
  fake_world().records["things"] = {R"({"id":1,"seq":1,"name":"a"})"};
  const auto report =
      run("  - table: {source_table: things, table_configuration: {primary_keys: [nope]}}\n"
          "  - table: {source_table: events}\n");
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->tables[0].error);
  EXPECT_FALSE(report->tables[1].error);
  EXPECT_FALSE(report->is_success());
  EXPECT_EQ(rows("events"), (Rows{R"("a")"}));
}

TEST_F(Run, AFullRefreshReadsEverythingAgain) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})"};
  run_one(kEvents);
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"A"})"};
  EXPECT_EQ(run_one(kEvents, {.full_refresh = {"events"}}).committed, 1U);
  EXPECT_EQ(rows("events"), (Rows{R"("A")"}));
}

TEST_F(Run, TwoObjectsOfOneSourceTableAreTwoTables) {
  fake_world().records["events"] = {R"({"id":1,"seq":1,"name":"a"})"};
  const auto report =
      run("  - table: {source_table: events, destination_table: one}\n"
          "  - table: {source_table: events, destination_table: two}\n");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(rows("one"), (Rows{R"("a")"}));
  EXPECT_EQ(rows("two"), (Rows{R"("a")"}));
}

// Every step of a run, ended there and started again: nothing lost, nothing doubled.
class CrashAt : public Run, public testing::WithParamInterface<Step> {};

TEST_P(CrashAt, IsHealedByTheNextRun) {
  Rows expected;
  for (int i = 10; i < 30; ++i) {
    const std::string n = std::to_string(i);
    for (const char* table : {"events", "things", "set"}) {
      fake_world().records[table].push_back(R"({"id":)" + n + R"(,"seq":)" + n + R"(,"name":")" +
                                            n + "\"}");
    }
    expected.push_back('"' + n + '"');
  }
  const auto objects = std::string(kEvents) + kThings + kSet;
  for (int crash_after = 1; crash_after <= 4; ++crash_after) {
    observer_.crash_at = GetParam();
    observer_.crash_after = crash_after;
    ASSERT_TRUE(run(objects, {.num_parallel_tables = 1, .commit_rows = 6}).has_value());
  }
  observer_.crash_at = {};
  const auto report = run(objects, {.commit_rows = 6});
  ASSERT_TRUE(report.has_value());
  for (const TableReport& table : report->tables) {
    EXPECT_FALSE(table.error) << table.table << ": " << table.error->message;
    EXPECT_EQ(rows(table.table), expected) << table.table;
  }
}

INSTANTIATE_TEST_SUITE_P(Steps, CrashAt,
                         testing::Values(Step::BeforePage, Step::AfterPage, Step::BeforeDataFile,
                                         Step::BeforeCommit, Step::AfterCommit,
                                         Step::BeforeOffsetCopy));

}  // namespace
}  // namespace inlet::pipeline
