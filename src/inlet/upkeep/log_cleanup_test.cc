#include "inlet/upkeep/log_cleanup.h"

#include <filesystem>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::upkeep {
namespace {

using namespace std::chrono_literals;
using delta::Snapshot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Kind = LogFile::Kind;

TEST(LogFileTest, NamesOfTheLogAreRead) {
  const auto commit = parse_log_file("00000000000000000012.json");
  ASSERT_TRUE(commit);
  EXPECT_EQ(commit->kind, Kind::Commit);
  EXPECT_EQ(commit->version, 12);
  EXPECT_EQ(parse_log_file("00000000000000000012.crc")->kind, Kind::Other);
  EXPECT_EQ(parse_log_file("00000000000000000012.checkpoint.parquet")->kind, Kind::Checkpoint);
  const auto part = parse_log_file("00000000000000000012.checkpoint.0000000002.0000000003.parquet");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->part, 2U);
  EXPECT_EQ(part->num_parts, 3U);
  EXPECT_EQ(
      parse_log_file("00000000000000000012.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json")
          ->kind,
      Kind::Checkpoint);
  EXPECT_EQ(parse_log_file("00000000000000000004.00000000000000000008.compacted.json")->version, 8);
}

TEST(LogFileTest, OtherNamesAreNotOfTheLog) {
  for (const char* name :
       {"_last_checkpoint", "12.json", "00000000000000000012.json.tmp", "_sidecars/a.parquet",
        "00000000000000000012.checkpoint", "x0000000000000000012.json",
        "00000000000000000012.checkpoint.0000000002.0000000003.txt"}) {
    EXPECT_FALSE(parse_log_file(name)) << name;
  }
}

/// Commits 0 to `last`, an hour between them, and checkpoints.
std::vector<LogFile> log_of(std::int64_t last, const std::vector<std::int64_t>& checkpoints) {
  std::vector<LogFile> files;
  for (std::int64_t version = 0; version <= last; ++version) {
    files.push_back({.kind = Kind::Commit,
                     .version = version,
                     .object = {.size = 1, .modified = Timestamp(version * 1h)}});
  }
  for (const std::int64_t version : checkpoints) {
    files.push_back({.kind = Kind::Checkpoint, .version = version, .object = {.size = 1}});
  }
  return files;
}

TEST(FirstKeptVersionTest, TheNewestCheckpointBeforeTheFirstYoungCommitIsKept) {
  EXPECT_EQ(first_kept_version(log_of(50, {10, 20, 30, 40}), Timestamp(35h)), 30);
  EXPECT_EQ(first_kept_version(log_of(50, {10, 20, 30, 40}), Timestamp(30h)), 30);
  EXPECT_EQ(first_kept_version(log_of(50, {10, 20, 30, 40}), Timestamp(29h)), 20);
}

TEST(FirstKeptVersionTest, WithoutACheckpointOldEnoughAllIsKept) {
  EXPECT_EQ(first_kept_version(log_of(50, {}), Timestamp(35h)), std::nullopt);
  EXPECT_EQ(first_kept_version(log_of(50, {40}), Timestamp(35h)), std::nullopt);
}

TEST(FirstKeptVersionTest, ATableThatNobodyWritesKeepsItsLatestVersion) {
  EXPECT_EQ(first_kept_version(log_of(50, {20, 40}), Timestamp(1000h)), 40);
}

TEST(FirstKeptVersionTest, ACheckpointThatLacksAPartDoesNotCount) {
  auto files = log_of(50, {10});
  files.push_back(
      {.kind = Kind::Checkpoint, .version = 30, .part = 1, .num_parts = 2, .object = {.size = 1}});
  EXPECT_EQ(first_kept_version(files, Timestamp(35h)), 10);
  files.push_back(
      {.kind = Kind::Checkpoint, .version = 30, .part = 2, .num_parts = 2, .object = {.size = 1}});
  EXPECT_EQ(first_kept_version(files, Timestamp(35h)), 30);
  files.push_back({.kind = Kind::Checkpoint, .version = 34, .object = {.size = 0}});
  EXPECT_EQ(first_kept_version(files, Timestamp(35h)), 30) << "an empty one does not, either";
}

TEST(FirstKeptVersionTest, AYoungCommitBelowOldOnesIsStillCovered) {
  auto files = log_of(50, {10, 20, 30, 40});
  files[15].object.modified = Timestamp(2000h);
  EXPECT_EQ(first_kept_version(files, Timestamp(1000h)), 10);
}

class CleanLogTest : public delta::TableFixture {
 protected:
  static Timestamp in(std::chrono::hours hours) {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + hours;
  }

  /// Versions 1 to `last`, with a row each and a checkpoint every five.
  Snapshot long_table(std::int64_t last) {
    Snapshot table =
        Snapshot::create(engine_, url(), people_schema(), {.properties = properties_}).value();
    for (std::int64_t version = 1; version <= last; ++version) {
      table = must_commit(table, {.add = {write_file(table, people(version, version))},
                                  .app_id = "a",
                                  .app_version = version,
                                  .user_metadata = "offset " + std::to_string(version)});
      if (version % 5 == 0) table = delta::checkpoint(table).value();
    }
    return table;
  }

  std::vector<std::string> log_names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "table/_delta_log")) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  std::size_t must_clean(const Snapshot& table, Timestamp now, std::size_t max_files = 1000,
                         const OnForget& on_forget = {}) {
    const auto cleaned = clean_log(table, *store_, now, max_files, on_forget);
    EXPECT_TRUE(cleaned) << cleaned.error().message;
    return cleaned.value_or(0);
  }

  std::vector<std::pair<std::string, std::string>> properties_;
  std::unique_ptr<store::Store> store_ = store::make_store({});
};

TEST_F(CleanLogTest, AYoungLogIsLeftAlone) {
  const Snapshot table = long_table(12);
  EXPECT_EQ(must_clean(table, in(719h)), 0U);
}

TEST_F(CleanLogTest, ExpiredVersionsThatACheckpointCoversGo) {
  const Snapshot table = long_table(12);
  EXPECT_GT(must_clean(table, in(721h)), 10U);
  EXPECT_THAT(log_names(), testing::Each(testing::AnyOf(testing::Ge("00000000000000000010"),
                                                        testing::Eq("_last_checkpoint"))));
  for (std::int64_t version = 10; version <= 12; ++version) {
    const auto kept = Snapshot::open_at(engine_, url(), version);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_THAT(rows(*kept, {"id"}), SizeIs(static_cast<std::size_t>(version)));
  }
  EXPECT_FALSE(Snapshot::open_at(engine_, url(), 9));
  const Snapshot next =
      must_commit(Snapshot::open(engine_, url()).value(), {.app_id = "a", .app_version = 13});
  EXPECT_EQ(next.transaction_version("a").value(), 13);
  EXPECT_EQ(must_clean(next, in(721h)), 0U);
}

TEST_F(CleanLogTest, OnlySoMuchIsDeletedAtOnceTheOldestFirst) {
  const Snapshot table = long_table(12);
  EXPECT_EQ(must_clean(table, in(721h), 2), 2U);
  const auto names = log_names();
  EXPECT_EQ(names.front(), "00000000000000000002.json");
  EXPECT_THAT(rows(Snapshot::open(engine_, url()).value(), {"id"}), SizeIs(12));
}

TEST_F(CleanLogTest, ThePropertiesOfTheTableDecide) {
  properties_ = {{"delta.logRetentionDuration", "interval 2 hours"}};
  EXPECT_GT(must_clean(long_table(7), in(3h)), 0U);
}

TEST_F(CleanLogTest, ItCanBeSwitchedOff) {
  properties_ = {{"delta.enableExpiredLogCleanup", "false"}};
  EXPECT_EQ(must_clean(long_table(7), in(721h)), 0U);
}

TEST_F(CleanLogTest, EachCommitIsShownBeforeItIsForgotten) {
  const Snapshot table = long_table(7);
  std::vector<std::string> seen;
  must_clean(table, in(721h), 1000, [&](std::string_view metadata) -> Status {
    seen.emplace_back(metadata);
    return {};
  });
  EXPECT_THAT(seen, ElementsAre("offset 1", "offset 2", "offset 3", "offset 4"));
}

TEST_F(CleanLogTest, ACommitThatMayNotBeForgottenStays) {
  const Snapshot table = long_table(7);
  const auto cleaned =
      clean_log(table, *store_, in(721h), 1000, [](std::string_view metadata) -> Status {
        if (metadata == "offset 3") return fail(ErrorKind::Unavailable, "not that one");
        return {};
      });
  ASSERT_FALSE(cleaned);
  EXPECT_EQ(log_names().front(), "00000000000000000003.json");
}

TEST_F(CleanLogTest, ACheckpointThatCannotBeReadIsNotReliedOn) {
  const Snapshot table = long_table(7);
  std::filesystem::resize_file(folder_ / "table/_delta_log/00000000000000000005.checkpoint.parquet",
                               10);
  const auto before = log_names();
  EXPECT_FALSE(clean_log(table, *store_, in(721h), 1000, {}));
  EXPECT_EQ(log_names(), before);
}

}  // namespace
}  // namespace inlet::upkeep
