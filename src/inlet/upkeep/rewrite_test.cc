#include "inlet/upkeep/rewrite.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "inlet/delta/table_fixture_test.h"
#include "inlet/upkeep/optimize.h"

namespace inlet::upkeep {
namespace {

using delta::DataFile;
using delta::Operation;
using delta::Snapshot;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

class RewriteTest : public delta::TableFixture {
 protected:
  /// `num_files` files of ten rows each, in commits of their own.
  Snapshot table_of(int num_files) {
    Snapshot table = make_table(people_schema());
    for (int file = 0; file < num_files; ++file) {
      table = must_commit(table, {.add = {write_file(table, people(file * 10, file * 10 + 9))}});
    }
    return table;
  }
  static Snapshot kill(const Snapshot& table, const std::string& path,
                       std::vector<std::uint64_t> positions) {
    return must_commit(
        table, {.operation = Operation::Delete, .delete_rows = {{path, std::move(positions)}}});
  }
  static std::vector<std::string> sorted_rows(const Snapshot& table) {
    auto found = rows(table, {});
    std::ranges::sort(found);
    return found;
  }
  static Rewritten must_rewrite(const Snapshot& base, const std::vector<DataFile>& files) {
    auto done = rewrite(SystemClock(), base, files, {});
    EXPECT_TRUE(done) << done.error().message;
    return *std::move(done);
  }
  std::size_t num_parquet_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "table")) {
      count += entry.path().extension() == ".parquet" || entry.path().extension() == ".tmp" ? 1 : 0;
    }
    return count;
  }
};

TEST_F(RewriteTest, SmallFilesBecomeOneWithTheSameRows) {
  const Snapshot table = table_of(3);
  const Rewritten done = must_rewrite(table, table.files().value());
  EXPECT_TRUE(done.is_committed);
  EXPECT_EQ(done.num_files_removed, 3U);
  EXPECT_EQ(done.num_files_added, 1U);
  EXPECT_THAT(done.table.files().value(), SizeIs(1));
  EXPECT_EQ(sorted_rows(done.table), sorted_rows(table));
  EXPECT_EQ(delta::history(done.table, 1).value().front().operation, "OPTIMIZE");
}

TEST_F(RewriteTest, DeadRowsAreLeftBehindAndStatisticsAreTightAgain) {
  Snapshot table = table_of(1);
  table = kill(table, table.files().value().front().path, {0, 1, 9});
  const Json loose = parse_json(table.files().value().front().stats).value();
  EXPECT_EQ(loose["tightBounds"], false);
  EXPECT_EQ(loose["minValues"]["id"], 0);
  const Rewritten done = must_rewrite(table, table.files().value());
  EXPECT_EQ(done.num_rows_purged, 3U);
  const DataFile file = done.table.files().value().front();
  EXPECT_EQ(file.num_dead, 0U);
  EXPECT_EQ(file.num_rows, 7U);
  const Json tight = parse_json(file.stats).value();
  EXPECT_EQ(tight["tightBounds"], true);
  EXPECT_EQ(tight["minValues"]["id"], 2);
  EXPECT_EQ(tight["maxValues"]["id"], 8);
  EXPECT_EQ(tight["numRecords"], 7);
}

TEST_F(RewriteTest, NothingOfItIsADataChange) {
  const Snapshot table = table_of(2);
  const Rewritten done = must_rewrite(table, table.files().value());
  std::ifstream log(folder_ / "table/_delta_log" /
                    (std::string(19, '0') + std::to_string(done.table.version()) + ".json"));
  int num_actions = 0;
  for (std::string line; std::getline(log, line);) {
    const Json action = parse_json(line).value();
    for (const char* kind : {"add", "remove"}) {
      if (!action.contains(kind)) continue;
      ++num_actions;
      EXPECT_EQ(action[kind]["dataChange"], false) << line;
    }
  }
  EXPECT_EQ(num_actions, 3);
}

TEST_F(RewriteTest, ALostRaceAgainstAnAppendCommitsTheSameFiles) {
  const Snapshot base = table_of(3);
  must_commit(base, {.add = {write_file(base, people(100, 104))}});
  const Rewritten done = must_rewrite(base, base.files().value());
  EXPECT_TRUE(done.is_committed);
  EXPECT_EQ(done.num_lost_races, 1);
  EXPECT_THAT(done.table.files().value(), SizeIs(2));
  EXPECT_THAT(sorted_rows(done.table), SizeIs(35));
  EXPECT_EQ(num_parquet_files(), 5U) << "three old, one appended, one merged";
}

TEST_F(RewriteTest, RowsThatDiedMeanwhileStayDead) {
  const Snapshot base = table_of(3);
  const auto files = base.files().value();
  const Snapshot theirs = kill(base, files[1].path, {4, 5});
  const Rewritten done = must_rewrite(base, files);
  EXPECT_TRUE(done.is_committed);
  EXPECT_EQ(done.num_lost_races, 1);
  EXPECT_EQ(sorted_rows(done.table), sorted_rows(theirs));
  EXPECT_THAT(sorted_rows(done.table), SizeIs(28));
  EXPECT_EQ(num_parquet_files(), 4U) << "the files of the lost attempt are deleted";
}

TEST_F(RewriteTest, ABinOfWhichAFileWentIsGivenUp) {
  const Snapshot base = table_of(3);
  const auto files = base.files().value();
  const Snapshot theirs = must_rewrite(base, {files[0], files[1]}).table;
  const Rewritten done = must_rewrite(base, files);
  EXPECT_FALSE(done.is_committed);
  EXPECT_EQ(done.table.version(), theirs.version());
  EXPECT_EQ(sorted_rows(done.table), sorted_rows(base));
  EXPECT_EQ(num_parquet_files(), 4U) << "three old, one of theirs";
}

TEST_F(RewriteTest, AFileThatIsGoneAlreadyIsNotRead) {
  const Snapshot base = table_of(2);
  const auto files = base.files().value();
  const Snapshot now =
      must_commit(base, {.operation = Operation::Delete, .remove = {files[0].path}});
  EXPECT_FALSE(must_rewrite(now, files).is_committed);
}

TEST_F(RewriteTest, AColumnAddedMeanwhileIsKept) {
  const Snapshot base = table_of(2);
  const Field added = {.name = "score", .type = {TypeKind::Long}};
  must_commit(base, {.add_columns = {{added}}});
  const Rewritten done = must_rewrite(base, base.files().value());
  EXPECT_TRUE(done.is_committed);
  EXPECT_TRUE(done.table.schema().index_of("score"));
  EXPECT_THAT(rows(done.table, {"score"}), SizeIs(20));
}

TEST_F(RewriteTest, RowsOfFilesWithoutAMemberOfAStructHaveNullThere) {
  const Snapshot base = table_of(2);
  const Snapshot wide = must_commit(
      base,
      {.add_columns = {{.field = {.name = "age", .type = {TypeKind::Long}}, .parent = {"user"}}}});
  const Rewritten done = must_rewrite(wide, wide.files().value());
  EXPECT_TRUE(done.is_committed);
  EXPECT_THAT(rows(done.table, {"user"}), Each(HasSubstr(R"("age":null)")));
}

TEST_F(RewriteTest, AWriterThatNeverRestsLosesNothingBesideIt) {
  const Snapshot table = table_of(16);
  std::atomic<bool> is_done = false;
  std::atomic<int> num_killed = 0;
  std::jthread writer([&] {
    for (int round = 0; !is_done && round < 200; ++round) {
      Snapshot now = Snapshot::open(engine_, url()).value();
      const auto files = now.files().value();
      const DataFile& file = files[static_cast<std::size_t>(round) % files.size()];
      if (file.num_rows - file.num_dead < 3) continue;
      std::uint64_t alive = 0;
      (void)now.read(file, {"id"}, [&](Batch, std::span<const std::uint64_t> positions) -> Status {
        alive = positions.front();
        return {};
      });
      const auto killed = delta::commit(
          now, {.operation = Operation::Delete, .delete_rows = {{file.path, {alive}}}});
      if (killed) ++num_killed;
    }
  });
  for (int round = 0; round < 20; ++round) {
    const auto done = optimize(SystemClock(), table.refresh().value(), {}, Scope::Full);
    // It may give way, but only so.
    EXPECT_TRUE(done || done.error().kind == ErrorKind::Conflict) << done.error().message;
  }
  is_done = true;
  writer.join();
  const Snapshot end = Snapshot::open(engine_, url()).value();
  EXPECT_THAT(rows(end, {"id"}), SizeIs(160U - static_cast<unsigned>(num_killed.load())));
}

}  // namespace
}  // namespace inlet::upkeep
