#include <random>

#include "inlet/pipeline/offset_log.h"
#include "inlet/pipeline/run_fixture_test.h"

namespace inlet::pipeline {
namespace {

class TableCareTest : public RunFixture {
 protected:
  /// As many runs, each with one new record.
  TableReport run_often(const std::string& objects, int num_runs) {
    TableReport last;
    for (int run = 0; run < num_runs; ++run) {
      const int id = next_++;
      fake_world().records["events"].push_back(
          format(R"({{"id":{},"seq":{},"name":"{}"}})", id, id, id));
      last = run_one(objects);
      EXPECT_FALSE(last.error) << last.error->message;
    }
    return last;
  }
  delta::Snapshot table(const char* name = "events") const {
    return delta::Snapshot::open(delta::make_engine({}, 1), (folder_ / name).string()).value();
  }
  std::size_t num_files(const char* name = "events") const {
    return table(name).files().value().size();
  }

  int next_ = 1;
};

constexpr auto kTended = "  - table: {source_table: events}\n";
constexpr auto kLeftAlone =
    "  - table: {source_table: events, table_configuration: {upkeep: 'off'}}\n";

TEST_F(TableCareTest, RunsKeepTheFilesOfTheirTableFew) {
  const TableReport report = run_often(kTended, 17);
  EXPECT_LE(num_files(), 8U);
  EXPECT_EQ(rows("events").size(), 17U);
  EXPECT_EQ(report.version_after, table().version());
}

TEST_F(TableCareTest, CommitsOfOneRunAreMergedWhileItGoesOn) {
  for (int id = 1; id <= 20; ++id) {
    fake_world().records["events"].push_back(
        format(R"({{"id":{},"seq":{},"name":"{}"}})", id, id, id));
  }
  fake_world().page_size = 1;
  const TableReport report = run_one(kTended, {.commit_rows = 1});
  EXPECT_EQ(report.commits, 20U);
  EXPECT_EQ(rows("events").size(), 20U);
  const std::vector<delta::HistoryEntry> newest_first = delta::history(table(), 100).value();
  const auto last_rows = std::ranges::find(newest_first, "WRITE", &delta::HistoryEntry::operation);
  EXPECT_EQ(std::count_if(last_rows, newest_first.end(),
                          [](const auto& commit) { return commit.operation == "OPTIMIZE"; }),
            2);
}

TEST_F(TableCareTest, ARunThatWroteMuchLeavesATableLikeAFreshOne) {
  std::minstd_rand random;
  std::uniform_int_distribution<int> letter('a', 'z');
  std::string name(4096, ' ');
  for (int id = 1; id <= 4000; ++id) {
    std::ranges::generate(name, [&] { return static_cast<char>(letter(random)); });
    fake_world().records["events"].push_back(
        format(R"({{"id":{},"seq":{},"name":"{}"}})", id, id, name));
    if (id % 2000 > 0) continue;
    EXPECT_FALSE(run_one(kTended).error);
  }
  EXPECT_EQ(num_files(), 1U);
  fake_world().records["events"].push_back(R"({"id":9999,"seq":9999,"name":"last"})");
  EXPECT_FALSE(run_one(kTended).error);
  EXPECT_EQ(num_files(), 2U) << "for a little, nothing more is written";
}

TEST_F(TableCareTest, ATableMayBeLeftAlone) {
  run_often(kLeftAlone, 21);
  EXPECT_EQ(num_files(), 21U);
  EXPECT_TRUE(std::filesystem::exists(folder_ /
                                      "events/_delta_log/00000000000000000020.checkpoint.parquet"));
}

TEST_F(TableCareTest, TheQuarantineIsTendedToo) {
  for (int run = 0; run < 17; ++run) {
    fake_world().records["events"].push_back(format(R"({{"id":"bad {}"}})", run));
    EXPECT_FALSE(run_one(kTended).error);
  }
  EXPECT_LE(num_files("events_quarantine"), 8U);
  EXPECT_EQ(num_rows("events_quarantine"), 17U);
}

TEST_F(TableCareTest, TheTableOfTombstonesIsTendedToo) {
  for (int id = 1; id <= 17; ++id) {
    fake_world().records["both deletes"].push_back(format(R"({{"id":{},"seq":5}})", id));
    EXPECT_FALSE(run_one("  - table: {source_table: both}\n").error);
  }
  EXPECT_LE(num_files("both_aux"), 8U);
  fake_world().records["both"] = {R"({"id":3,"seq":4,"name":"late"})"};
  EXPECT_EQ(run_one("  - table: {source_table: both}\n").deduplicated, 1U);
}

/// Rewrites move rows to other files, where later commits of the same run and of other runs have to
/// find them.
TEST_F(TableCareTest, RowsThatWereMovedAreFoundByTheirKey) {
  const std::string folder = (folder_ / "cache").string();
  for (const RunOptions& options : {RunOptions{}, RunOptions{.cache_folder = folder}}) {
    std::filesystem::remove_all(folder_ / "things");
    fake_world() = {.page_size = 1};
    for (int run = 1; run <= 4; ++run) {
      for (int change = 0; change < 10; ++change) {
        fake_world().records["things"].push_back(format(
            R"({{"id":{},"seq":{},"name":"{} {}"}})", change % 7, run * 10 + change, run, change));
      }
      RunOptions often = options;
      often.commit_rows = 1;
      const TableReport report = run_one("  - table: {source_table: things}\n", often);
      EXPECT_EQ(report.commits, 10U);
    }
    EXPECT_LT(num_files("things"), 8U);
    EXPECT_EQ(rows("things"),
              (std::vector<std::string>{R"("4 3")", R"("4 4")", R"("4 5")", R"("4 6")", R"("4 7")",
                                        R"("4 8")", R"("4 9")"}));
  }
}

TEST_F(TableCareTest, MergedFilesAreClusteredAsTheSpecAsks) {
  for (const int id : {5, 3, 8, 1, 7, 2, 6, 4}) {
    fake_world().records["events"].push_back(
        format(R"({{"id":{},"seq":{},"name":"{}"}})", id, id, id));
    run_one("  - table: {source_table: events, table_configuration: {cluster_by: [id]}}\n");
  }
  ASSERT_EQ(num_files(), 1U);
  std::vector<std::int64_t> ids;
  const delta::DataFile file = table().files().value().front();
  ASSERT_TRUE(table().read(file, {"id"}, [&](const Batch& batch, auto) -> Status {
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      ids.push_back(parse_json(row_to_json(batch, row)).value()["id"]);
    }
    return {};
  }));
  EXPECT_EQ(ids, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(TableCareTest, AnUnknownColumnToClusterByIsAnError) {
  const auto report =
      run("  - table: {source_table: events, table_configuration: {cluster_by: [nam]}}\n");
  const std::optional<Error> error = report ? report->tables.front().error : report.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Config);
  EXPECT_NE(error->message.find("did you mean \"name\"?"), std::string::npos) << error->message;
}

TEST_F(TableCareTest, UpkeepThatFailsFailsNoRun) {
  run_often(kTended, 7);
  const std::string gone = table().files().value().front().path;
  std::filesystem::remove(folder_ / "events" / gone);
  const TableReport report = run_often(kTended, 1);
  EXPECT_EQ(report.committed, 1U);
  EXPECT_EQ(num_files(), 8U) << "nothing was rewritten";
}

TEST_F(TableCareTest, AnOffsetIsCopiedBeforeItsCommitIsForgotten) {
  run_often(kTended, 2);
  const auto copies = folder_ / "events" / "_inlet";
  std::filesystem::remove_all(copies);
  const auto store = store::make_store({});
  const std::vector<delta::HistoryEntry> commits = delta::history(table(), 10).value();
  for (const delta::HistoryEntry& commit : commits) {
    ASSERT_TRUE(keep_offset(*store, table(), commit.user_metadata));
  }
  std::vector<std::string> kept;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(copies)) {
    if (entry.is_regular_file()) kept.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(kept, (std::vector<std::string>{"2.json"})) << "only the one that counts now";
  EXPECT_EQ(run_often(kTended, 1).offset_before.to_text(), R"({"n":"2"})");
}

TEST_F(TableCareTest, UserMetadataOfOthersKeepsNothing) {
  run_often(kTended, 1);
  const auto store = store::make_store({});
  EXPECT_TRUE(keep_offset(*store, table(), "not ours"));
  EXPECT_TRUE(
      keep_offset(*store, table(), R"({"inlet":{"app_id":"other","version":1,"offset":{}}})"));
}

}  // namespace
}  // namespace inlet::pipeline
