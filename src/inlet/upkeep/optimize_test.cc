#include "inlet/upkeep/optimize.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "inlet/upkeep/small_files_fixture_test.h"
#include "inlet/upkeep/table_order.h"

namespace inlet::upkeep {
namespace {

using delta::Operation;
using delta::Snapshot;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class OptimizeTest : public SmallFilesFixture {
 protected:
  static Optimized must_optimize(const Snapshot& table, Scope scope) {
    auto done = optimize(SystemClock(), table, {}, scope);
    EXPECT_TRUE(done) << done.error().message;
    return *std::move(done);
  }
  static std::vector<std::string> sorted_rows(const Snapshot& table) {
    auto found = rows(table, {});
    std::ranges::sort(found);
    return found;
  }
  static bool is_live(const Snapshot& table, const std::string& path) {
    const std::vector<delta::DataFile> files = table.files().value();
    return std::ranges::find(files, path, &delta::DataFile::path) != files.end();
  }
  /// Those that are being written have a name, too.
  std::size_t num_files_begun() const {
    const std::filesystem::directory_iterator entries(folder_ / "table");
    return static_cast<std::size_t>(std::ranges::distance(entries));
  }
};

TEST_F(OptimizeTest, ManySmallFilesBecomeFew) {
  const Snapshot table = append(make_table(people_schema()), 20);
  const Optimized done = must_optimize(table, Scope::Due);
  EXPECT_EQ(done.before.num_files, 20U);
  EXPECT_EQ(done.before.num_rows, 200U);
  EXPECT_EQ(done.after.num_files, 1U);
  EXPECT_EQ(done.after.num_rows, 200U);
  EXPECT_EQ(done.num_files_removed, 20U);
  EXPECT_EQ(done.bytes_written, done.after.num_bytes);
  EXPECT_EQ(sorted_rows(done.table), sorted_rows(table));
}

TEST_F(OptimizeTest, ASecondTimeThereIsNothingToDo) {
  const Optimized first = must_optimize(append(make_table(people_schema()), 9), Scope::Due);
  const Optimized second = must_optimize(first.table, Scope::Due);
  EXPECT_EQ(second.num_commits, 0U);
  EXPECT_EQ(second.table.version(), first.table.version());
}

TEST_F(OptimizeTest, FewFilesAreLeftAloneUnlessAllIsAskedFor) {
  const Snapshot table = append(make_table(people_schema()), 3);
  EXPECT_EQ(must_optimize(table, Scope::Due).num_commits, 0U);
  EXPECT_EQ(must_optimize(table, Scope::Full).after.num_files, 1U);
}

TEST_F(OptimizeTest, DeadRowsGo) {
  Snapshot table = append(make_table(people_schema()), 1);
  table = must_commit(table, {.operation = Operation::Delete,
                              .delete_rows = {{table.files().value().front().path, {0, 1, 2}}}});
  const Optimized done = must_optimize(table, Scope::Due);
  EXPECT_EQ(done.before.num_dead, 3U);
  EXPECT_EQ(done.after.num_dead, 0U);
  EXPECT_EQ(done.after.num_rows, 7U);
}

TEST_F(OptimizeTest, AnEmptyTableIsFine) {
  const Optimized done = must_optimize(make_table(people_schema()), Scope::Full);
  EXPECT_EQ(done.num_commits, 0U);
}

TEST_F(OptimizeTest, RowsOfMergedFilesKeepTheirOrder) {
  const Optimized done = must_optimize(append(make_table(people_schema()), 8), Scope::Due);
  const auto ids = rows(done.table, {"id"});
  ASSERT_THAT(ids, SizeIs(80));
  for (std::size_t row = 0; row < ids.size(); ++row) {
    EXPECT_EQ(ids[row], "{\"id\":" + std::to_string(row) + "}");
  }
}

TEST_F(OptimizeTest, BesideAWriterThatNeverRestsAllButItsFileIsSorted) {
  constexpr std::int64_t kNumRows = 20'000;
  Snapshot before = make_table(people_schema());
  for (std::int64_t first = 0; first < 4 * kNumRows; first += kNumRows) {
    before =
        must_commit(before, {.add = {write_file(before, people(first, first + kNumRows - 1))}});
  }
  const std::string hot = before.files().value().front().path;
  std::atomic<bool> is_done = false;
  std::uint64_t num_killed = 0;
  // A row of the file dies whenever somebody begins another file.
  std::jthread writer([&] {
    std::size_t num_seen = num_files_begun();
    while (!is_done) {
      if (num_files_begun() == num_seen) continue;
      const Snapshot now = Snapshot::open(engine_, url()).value();
      const auto killed = delta::commit(
          now, {.operation = Operation::Delete, .delete_rows = {{hot, {num_killed}}}});
      if (killed) ++num_killed;
      num_seen = num_files_begun();
    }
  });
  const auto done = optimize(SystemClock(), before, {.order_by = {"id"}}, Scope::Everything);
  is_done = true;
  writer.join();
  ASSERT_TRUE(done) << done.error().message;
  const Snapshot after = before.refresh().value();
  const std::vector<delta::DataFile> files = before.files().value();
  for (const delta::DataFile& file : files) {
    EXPECT_TRUE(file.path == hot || !is_live(after, file.path)) << file.path;
  }
  EXPECT_THAT(rows(after, {"id"}), SizeIs(4 * kNumRows - num_killed));
}

/// 65,536 points in 16 files of which each has points from everywhere.
class ZOrderTest : public OptimizeTest {
 protected:
  static constexpr std::int64_t kWidth = 256;
  static constexpr int kNumFiles = 16;

  static Schema points_schema() {
    return {{{.name = "x", .type = {TypeKind::Long}}, {.name = "y", .type = {TypeKind::String}}}};
  }
  Snapshot points() {
    Snapshot table = make_table(points_schema());
    const auto schema = std::make_shared<const Schema>(points_schema());
    const std::int64_t num_points = kWidth * kWidth;
    for (std::int64_t first = 0; first < num_points; first += num_points / kNumFiles) {
      BatchBuilder builder(schema);
      for (std::int64_t n = first; n < first + num_points / kNumFiles; ++n) {
        const std::int64_t point = n * 7919 % num_points;
        builder.column(0).append_int64(point % kWidth);
        builder.column(1).append_bytes(text_of(point / kWidth));
      }
      table = must_commit(table, {.add = {write_file(table, builder.finish())}});
    }
    return table;
  }
  static std::string text_of(std::int64_t y) { return "y" + std::to_string(1000 + y); }
  /// Files about as large as those of points().
  static Policy policy(const Snapshot& table, std::vector<std::string> columns) {
    const std::uint64_t bytes = measure(table).value().num_bytes;
    return {.target_file_bytes = bytes / kNumFiles, .order_by = std::move(columns)};
  }
  static Snapshot order(const Snapshot& table, const std::vector<std::string>& columns) {
    auto done = optimize(SystemClock(), table, policy(table, columns), Scope::Everything);
    EXPECT_TRUE(done) << done.error().message;
    return done.value().table;
  }
  /// The share of files that statistics cannot rule out for one value of `column`, on average.
  static double share_read(const Snapshot& table, const std::string& column) {
    std::size_t num_read = 0;
    const std::vector<delta::DataFile> files = table.files().value();
    for (const delta::DataFile& file : files) {
      const Json stats = parse_json(file.stats).value();
      for (std::int64_t n = 0; n < kWidth; ++n) {
        const Json value = column == "x" ? Json(n) : Json(text_of(n));
        num_read += stats["minValues"][column] <= value && value <= stats["maxValues"][column];
      }
    }
    return static_cast<double>(num_read) / static_cast<double>(files.size() * kWidth);
  }
};

TEST_F(ZOrderTest, QueriesOnEitherColumnReadFewFilesAfterwards) {
  const Snapshot before = points();
  EXPECT_GT(share_read(before, "x"), 0.9);
  EXPECT_GT(share_read(before, "y"), 0.9);
  const Snapshot after = order(before, {"x", "y"});
  EXPECT_GE(after.files().value().size(), 12U);
  EXPECT_LT(share_read(after, "x"), 0.5);
  EXPECT_LT(share_read(after, "y"), 0.5);
  EXPECT_EQ(sorted_rows(after), sorted_rows(before));
}

TEST_F(ZOrderTest, ByOneColumnFilesHardlyOverlap) {
  const Snapshot after = order(points(), {"y"});
  EXPECT_LT(share_read(after, "y"), 0.15);
  EXPECT_GT(share_read(after, "x"), 0.9);
}

TEST_F(ZOrderTest, DeadRowsAreLeftOut) {
  Snapshot table = points();
  table = must_commit(table, {.operation = Operation::Delete,
                              .delete_rows = {{table.files().value().front().path, {0, 7}}}});
  const Snapshot after = order(table, {"x", "y"});
  EXPECT_EQ(measure(after).value().num_rows, 65'534U);
  EXPECT_EQ(sorted_rows(after), sorted_rows(table));
}

TEST_F(ZOrderTest, AnUnknownColumnChangesNothing) {
  const Snapshot table = points();
  const auto done = optimize(SystemClock(), table, policy(table, {"z"}), Scope::Everything);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Config);
  EXPECT_EQ(table.refresh().value().version(), table.version());
}

TEST_F(ZOrderTest, TheLogKeepsTheOrderForLaterRewrites) {
  const Snapshot after = order(points(), {"y", "x"});
  const auto history = delta::history(after, 10).value();
  EXPECT_THAT(last_order(history, after.schema()), ElementsAre("y", "x"));
  EXPECT_THAT(last_order(history, people_schema()), IsEmpty()) << "columns that are gone";
  EXPECT_THAT(last_order(delta::history(must_optimize(after, Scope::Full).table, 10).value(),
                         after.schema()),
              ElementsAre("y", "x"));
}

TEST_F(OptimizeTest, WithoutDataThereIsNoWriteAmplification) {
  EXPECT_EQ(write_amplification(delta::history(make_table(people_schema()), 100).value()),
            std::nullopt);
}

TEST_F(OptimizeTest, WriteAmplificationIsReadFromTheLog) {
  const Snapshot table = append(make_table(people_schema()), 8);
  EXPECT_EQ(write_amplification(delta::history(table, 100).value()), 1.0);
  const Optimized done = must_optimize(table, Scope::Due);
  const double expected =
      1.0 + static_cast<double>(done.bytes_written) / static_cast<double>(done.before.num_bytes);
  EXPECT_NEAR(write_amplification(delta::history(done.table, 100).value()).value(), expected, 1e-9);
}

}  // namespace
}  // namespace inlet::upkeep
