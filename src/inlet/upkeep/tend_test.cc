#include "inlet/upkeep/tend.h"

#include <filesystem>

#include "inlet/upkeep/small_files_fixture_test.h"
#include "testkit/manual_clock.h"

namespace inlet::upkeep {
namespace {

using namespace std::chrono_literals;
using delta::Operation;
using delta::Snapshot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Warnings final : public LogSink {
 public:
  void write(const LogRecord& record) override {
    if (record.level >= LogLevel::Warn) texts.emplace_back(record.message);
  }
  std::vector<std::string> texts;
};

class TendTest : public SmallFilesFixture {
 protected:
  // Two bins are due: small files, and a worn one.
  Snapshot make_table_with_two_bins() {
    policy_.worth_purging_bytes = 1;
    const Snapshot table = append(make_table(people_schema()), 9);
    return must_commit(table,
                       {.operation = Operation::Delete,
                        .delete_rows = {{table.files().value().front().path, {0, 1, 2, 3}}}});
  }
  Care care() {
    return {
        .clock = clock_, .log = log_, .store = *store_, .policy = policy_, .on_forget = on_forget_};
  }
  static std::size_t num_files(const Snapshot& table) { return table.files().value().size(); }
  bool has_checkpoint(std::int64_t version) const {
    return std::filesystem::exists(folder_ / "table/_delta_log" /
                                   (std::string(version < 10 ? 19 : 18, '0') +
                                    std::to_string(version) + ".checkpoint.parquet"));
  }

  testkit::ManualClock clock_;
  Policy policy_;
  OnForget on_forget_;
  std::shared_ptr<Warnings> warnings_ = std::make_shared<Warnings>();
  Log log_{warnings_, LogLevel::Info};
  std::unique_ptr<store::Store> store_ = store::make_store({});
};

TEST_F(TendTest, FewSmallFilesAreLeftAlone) {
  const Snapshot table = append(make_table(people_schema()), 7);
  EXPECT_EQ(tend(table, care(), Moment::AtRest).version(), table.version());
}

TEST_F(TendTest, TheEighthSmallFileIsMergedWithTheOthers) {
  const Snapshot table = append(make_table(people_schema()), 8);
  const Snapshot tended = tend(table, care(), Moment::BetweenCommits);
  EXPECT_EQ(num_files(tended), 1U);
  EXPECT_THAT(rows(tended, {"id"}), SizeIs(80));
  EXPECT_THAT(warnings_->texts, IsEmpty());
}

TEST_F(TendTest, BetweenCommitsALargeBinWaits) {
  policy_.quick_bin_bytes = 10;
  const Snapshot table = append(make_table(people_schema()), 8);
  EXPECT_EQ(num_files(tend(table, care(), Moment::BetweenCommits)), 8U);
  EXPECT_EQ(num_files(tend(table, care(), Moment::AtRest)), 1U);
}

TEST_F(TendTest, BetweenCommitsOneBinIsRewrittenAndAtRestAsManyAsTimeAllows) {
  Snapshot table = make_table_with_two_bins();
  EXPECT_EQ(tend(table, care(), Moment::BetweenCommits).version(), table.version() + 1);
  table = table.refresh().value();
  EXPECT_EQ(num_files(table), 2U);
  policy_.rest_time = 0ms;
  const Snapshot rested = tend(table, care(), Moment::AtRest);
  EXPECT_EQ(rested.version(), table.version() + 1);
  const std::vector<delta::DataFile> files = rested.files().value();
  for (const delta::DataFile& file : files) EXPECT_EQ(file.num_dead, 0U);
}

TEST_F(TendTest, RowsOfABinAreSortedByThePolicysOrder) {
  policy_.order_by = {"user.login"};
  const Snapshot tended = tend(append(make_table(people_schema()), 8), care(), Moment::AtRest);
  const std::vector<std::string> found = rows(tended, {"user"});
  EXPECT_THAT(found, SizeIs(80));
  EXPECT_TRUE(std::ranges::is_sorted(
      found, {}, [](const std::string& row) { return row.substr(row.find("login-"), 7); }));
}

TEST_F(TendTest, AtRestItGoesOnUntilNothingIsDue) {
  const Snapshot table = make_table_with_two_bins();
  EXPECT_EQ(tend(table, care(), Moment::AtRest).version(), table.version() + 2);
}

TEST_F(TendTest, AtRestEverySmallFileAndDeadRowIsRewrittenWhereThePolicyPaysForIt) {
  Snapshot table = append(make_table(people_schema()), 2);
  table = must_commit(table, {.operation = Operation::Delete,
                              .delete_rows = {{table.files().value().front().path, {0}}}});
  std::uint64_t bytes = 0;
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) bytes += file.live_bytes();
  policy_.repay_bytes = bytes - 1;
  EXPECT_EQ(tend(table, care(), Moment::AtRest).version(), table.version());
  policy_.repay_bytes = bytes;
  EXPECT_EQ(tend(table, care(), Moment::BetweenCommits).version(), table.version());
  const Snapshot repaid = tend(table, care(), Moment::AtRest);
  EXPECT_EQ(num_files(repaid), 1U);
  EXPECT_EQ(repaid.files().value().front().num_dead, 0U);
}

TEST_F(TendTest, ACheckpointIsWrittenEverySoManyCommitsAndOnlyOnce) {
  policy_.commits_per_checkpoint = 5;
  Snapshot table = make_table(people_schema());
  std::vector<std::int64_t> checkpoints;
  for (int commit = 0; commit < 12; ++commit) {
    table = only_checkpoint(append(table, 1), care());
    if (has_checkpoint(table.version())) checkpoints.push_back(table.version());
  }
  EXPECT_THAT(checkpoints, ElementsAre(5, 10));
}

TEST_F(TendTest, TheTablesOwnCheckpointIntervalCounts) {
  Snapshot table = Snapshot::create(engine_, url(), people_schema(),
                                    {.properties = {{"delta.checkpointInterval", "3"}}})
                       .value();
  table = only_checkpoint(append(table, 3), care());
  EXPECT_TRUE(has_checkpoint(3));
}

TEST_F(TendTest, ExpiredLogFilesGoWithACheckpoint) {
  policy_.commits_per_checkpoint = 5;
  Snapshot table = make_table(people_schema());
  for (int commit = 0; commit < 5; ++commit) {
    table =
        must_commit(table, {.app_id = "a", .app_version = commit + 1, .user_metadata = "offset"});
  }
  int num_forgotten = 0;
  on_forget_ = [&](std::string_view metadata) -> Status {
    EXPECT_EQ(metadata, "offset");
    ++num_forgotten;
    return {};
  };
  clock_.advance(std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now() -
                                                        clock_.now() + std::chrono::days(31)));
  table = tend(table, care(), Moment::AtRest);
  EXPECT_EQ(num_forgotten, 4) << "versions 1 to 4; 0 has no metadata, 5 has the checkpoint";
  EXPECT_EQ(Snapshot::open(engine_, url()).value().transaction_version("a").value(), 5);
  EXPECT_THAT(warnings_->texts, IsEmpty());
}

TEST_F(TendTest, WhatGoesWrongIsAWarning) {
  policy_.commits_per_checkpoint = 8;
  const Snapshot table = append(make_table(people_schema()), 8);
  std::filesystem::remove(folder_ / "table" / table.files().value().front().path);
  const Snapshot tended = tend(table, care(), Moment::AtRest);
  EXPECT_EQ(tended.version(), table.version());
  EXPECT_THAT(warnings_->texts, ElementsAre(HasSubstr("the rows are safe")));
  EXPECT_TRUE(has_checkpoint(8)) << "one failure does not stop the rest";
}

}  // namespace
}  // namespace inlet::upkeep
