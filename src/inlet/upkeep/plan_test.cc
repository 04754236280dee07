#include "inlet/upkeep/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace inlet::upkeep {
namespace {

using delta::DataFile;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;

DataFile file(std::uint64_t size, std::uint64_t num_dead = 0, std::int64_t modified_ms = 0) {
  return {.path = "f",
          .size = size,
          .num_rows = 1000,
          .num_dead = num_dead,
          .modified_ms = modified_ms};
}

std::vector<DataFile> files(std::size_t count, std::uint64_t size) {
  return std::vector<DataFile>(count, file(size));
}

TEST(TierTest, AFileOfHalfTheTargetIsInTierZero) {
  const Policy policy;
  EXPECT_EQ(tier_of(64 * kMiB, policy), 0U);
  EXPECT_EQ(tier_of(64 * kMiB - 1, policy), 1U);
  EXPECT_EQ(tier_of(8 * kMiB, policy), 1U);
  EXPECT_EQ(tier_of(8 * kMiB - 1, policy), 2U);
  EXPECT_EQ(tier_of(1 * kMiB, policy), 2U);
  EXPECT_EQ(tier_of(128 * kKiB, policy), 3U);
  EXPECT_EQ(tier_of(16 * kKiB, policy), 4U);
  EXPECT_EQ(tier_of(1, policy), 5U);
}

TEST(CutTest, OutputsAreOfAboutEqualSizeAndNearTheTarget) {
  const Policy policy;
  EXPECT_EQ(cut_bytes(1 * kMiB, policy), 256 * kMiB) << "one file, whatever comes";
  EXPECT_EQ(cut_bytes(191 * kMiB, policy), 256 * kMiB);
  EXPECT_EQ(cut_bytes(200 * kMiB, policy), 110 * kMiB);
  EXPECT_EQ(cut_bytes(1280 * kMiB, policy) / kMiB, 140U);
}

std::vector<DataFile> of_partitions(std::vector<DataFile> files,
                                    const std::vector<std::string>& partitions) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    files[i].partition = partitions[i % partitions.size()];
    files[i].modified_ms = static_cast<std::int64_t>(i);
  }
  return files;
}

TEST(PlanTest, FilesWaitForOthersOfTheirPartition) {
  EXPECT_THAT(plan(of_partitions(files(15, kMiB), {"a", "b"}), {}, Scope::Due), SizeIs(1))
      << "eight of one and seven of the other";
  const auto bins = plan(of_partitions(files(15, kMiB), {"a", "b"}), {}, Scope::Due);
  EXPECT_THAT(bins[0].files, ElementsAre(0, 2, 4, 6, 8, 10, 12, 14));
  EXPECT_THAT(plan(of_partitions(files(14, kMiB), {"a", "b"}), {}, Scope::Due), IsEmpty());
}

TEST(PlanTest, SmallBinsOfSeveralPartitionsAreOneCommitPartitionByPartition) {
  const auto bins = plan(of_partitions(files(16, kMiB), {"a", "b"}), {}, Scope::Due);
  ASSERT_THAT(bins, SizeIs(1));
  EXPECT_THAT(bins[0].files, ElementsAre(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
  EXPECT_THAT(plan(of_partitions(files(16, 5 * kMiB), {"a", "b"}), {}, Scope::Due), SizeIs(2))
      << "together more than a quick bin";
  Policy sorted;
  sorted.order_by = {"id"};
  EXPECT_THAT(plan(of_partitions(files(16, kMiB), {"a", "b"}), sorted, Scope::Due), SizeIs(2));
}

TEST(PlanTest, FilesWithDeadRowsAreWrittenAgainPartitionByPartition) {
  auto worn = of_partitions(std::vector<DataFile>(4, file(100 * kMiB, 400)), {"a", "b"});
  worn[3].num_dead = 900;
  const auto bins = plan(worn, {}, Scope::Due);
  ASSERT_THAT(bins, SizeIs(2));
  EXPECT_THAT(bins[0].files, ElementsAre(1, 3)) << "the largest share first";
  EXPECT_THAT(bins[1].files, ElementsAre(0, 2));
}

TEST(PlanTest, ANewOrderIsOneOfEachPartition) {
  Policy sorted;
  sorted.order_by = {"id"};
  const auto bins =
      plan(of_partitions(files(5, 200 * kMiB), {"a", "b"}), sorted, Scope::Everything);
  ASSERT_THAT(bins, SizeIs(2));
  EXPECT_THAT(bins[0].files, ElementsAre(0, 2, 4));
  EXPECT_THAT(bins[1].files, ElementsAre(1, 3));
}

TEST(PlanTest, SevenSmallFilesWaitForTheEighth) {
  EXPECT_THAT(plan(files(7, kMiB), {}, Scope::Due), IsEmpty());
  const auto bins = plan(files(8, kMiB), {}, Scope::Due);
  ASSERT_THAT(bins, SizeIs(1));
  EXPECT_THAT(bins[0].files, SizeIs(8));
  EXPECT_EQ(bins[0].live_bytes, 8 * kMiB);
}

TEST(PlanTest, FilesOfDifferentTiersAreNotMerged) {
  auto list = files(7, kMiB);
  list.push_back(file(20 * kMiB));
  EXPECT_THAT(plan(list, {}, Scope::Due), IsEmpty());
}

TEST(PlanTest, FewerFilesAreEnoughWhenTheyComeToTheTarget) {
  const auto bins = plan(files(3, 50 * kMiB), {}, Scope::Due);
  ASSERT_THAT(bins, SizeIs(1));
  EXPECT_THAT(bins[0].files, SizeIs(3));
  EXPECT_THAT(plan(files(2, 50 * kMiB), {}, Scope::Due), IsEmpty());
}

TEST(PlanTest, ABinIsAtMostHalfLargerThanTheTarget) {
  for (const Bin& bin : plan(files(100, 60 * kMiB), {}, Scope::Due)) {
    EXPECT_LE(bin.live_bytes, 192 * kMiB);
  }
}

TEST(PlanTest, LargeFilesAreLeftAlone) {
  EXPECT_THAT(plan(files(100, 64 * kMiB), {}, Scope::Due), IsEmpty());
  EXPECT_THAT(plan(files(100, 64 * kMiB), {}, Scope::Full), IsEmpty());
}

TEST(PlanTest, AFileWithMoreThanAQuarterDeadIsPurged) {
  EXPECT_THAT(plan(std::vector{file(100 * kMiB, 250)}, {}, Scope::Due), IsEmpty());
  const auto bins = plan(std::vector{file(100 * kMiB, 251)}, {}, Scope::Due);
  ASSERT_THAT(bins, SizeIs(1));
  EXPECT_THAT(bins[0].files, ElementsAre(0));
  EXPECT_NEAR(static_cast<double>(bins[0].dead_bytes), 25.1 * kMiB, 1024);
}

TEST(PlanTest, AfterACommitFewDeadBytesWaitUntilTheyAreWorthOne) {
  EXPECT_THAT(plan(std::vector{file(kMiB, 900)}, {}, Scope::Inline), IsEmpty());
  EXPECT_THAT(plan(std::vector{file(100 * kMiB, 251)}, {}, Scope::Inline), SizeIs(1));
  EXPECT_THAT(plan(std::vector<DataFile>(8, file(kMiB, 900)), {}, Scope::Inline), SizeIs(1));
}

TEST(PlanTest, TheMostUsefulBinsComeFirst) {
  auto list = std::vector{file(100 * kMiB, 300), file(100 * kMiB, 600)};
  for (const DataFile& small : files(8, 10 * kMiB)) list.push_back(small);
  for (const DataFile& tiny : files(8, 10 * kKiB)) list.push_back(tiny);
  const auto bins = plan(list, {}, Scope::Due);
  ASSERT_THAT(bins, SizeIs(3));
  EXPECT_EQ(bins[0].live_bytes, 80 * kKiB);
  EXPECT_EQ(bins[1].live_bytes, 80 * kMiB);
  EXPECT_THAT(bins[2].files, testing::UnorderedElementsAre(0, 1))
      << "worn files share a bin up to the target";
}

TEST(PlanTest, FilesOfABinComeOldestFirst) {
  std::vector<DataFile> list;
  for (const std::int64_t time : {5, 3, 8, 1, 7, 2, 6, 4}) list.push_back(file(kMiB, 0, time));
  EXPECT_THAT(plan(list, {}, Scope::Due).front().files, ElementsAre(3, 5, 1, 7, 0, 6, 4, 2));
}

TEST(PlanTest, InFullEverySmallFileAndEveryDeadRowCounts) {
  EXPECT_THAT(plan(std::vector{file(kMiB), file(20 * kMiB)}, {}, Scope::Full).front().files,
              SizeIs(2));
  EXPECT_THAT(plan(std::vector{file(kMiB)}, {}, Scope::Full), IsEmpty()) << "nothing to gain";
  EXPECT_THAT(plan(std::vector{file(kMiB, 1)}, {}, Scope::Full), SizeIs(1));
  EXPECT_THAT(plan(std::vector{file(100 * kMiB, 1)}, {}, Scope::Full), SizeIs(1));
}

TEST(PlanTest, ANewOrderTakesEverythingAtOnce) {
  const auto bins = plan(files(5, 100 * kMiB), {}, Scope::Everything);
  ASSERT_THAT(bins, SizeIs(1));
  EXPECT_THAT(bins[0].files, SizeIs(5));
  EXPECT_THAT(plan({}, {}, Scope::Everything), IsEmpty());
}

/// A table under a stream of batches, each followed by at most one bin, as a run does it. Sizes are
/// exact, so that what the document promises can be held against them.
class Simulation {
 public:
  struct Shape {
    std::uint64_t least_batch_bytes;
    std::uint64_t most_batch_bytes;
    double replaced_share;  ///< of a batch's rows, those that kill an older one
    double merged_size;     ///< of what went in
    unsigned seed;
  };

  explicit Simulation(const Shape& shape) : shape_(shape), random_(shape.seed) {}

  void commit() {
    std::uniform_real_distribution<double> log_size(std::log(shape_.least_batch_bytes),
                                                    std::log(shape_.most_batch_bytes));
    const auto size = static_cast<std::uint64_t>(std::exp(log_size(random_)));
    kill(static_cast<std::uint64_t>(static_cast<double>(size / kRowBytes) * shape_.replaced_share));
    add(size, size / kRowBytes);
    written_ += size;
    const auto bins = plan(files_, policy_, Scope::Inline);
    if (!bins.empty()) rewrite(bins.front());
  }

  std::size_t num_small() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        files_, [&](const DataFile& each) { return tier_of(each.size, policy_) > 0; }));
  }
  double max_dead_share() const {
    double most = 0;
    for (const DataFile& each : files_) {
      if (tier_of(each.size, policy_) > 0) continue;
      most =
          std::max(most, static_cast<double>(each.num_dead) / static_cast<double>(each.num_rows));
    }
    return most;
  }
  double written() const { return static_cast<double>(written_); }
  double rewritten() const { return static_cast<double>(rewritten_); }
  double dead() const { return static_cast<double>(num_killed_) * kRowBytes; }
  double num_tiers() const {
    return static_cast<double>(tier_of(shape_.least_batch_bytes, policy_));
  }

 private:
  static constexpr std::uint64_t kRowBytes = 64;

  void add(std::uint64_t size, std::uint64_t num_rows) {
    files_.push_back({.path = std::to_string(++num_files_),
                      .size = size,
                      .num_rows = std::max<std::uint64_t>(1, num_rows),
                      .modified_ms = static_cast<std::int64_t>(num_files_)});
  }

  // Keys are random: a file loses rows in proportion to those it has.
  void kill(std::uint64_t num_rows) {
    std::uint64_t num_live = 0;
    for (const DataFile& each : files_) num_live += each.num_rows - each.num_dead;
    if (num_live <= num_rows) return;
    for (DataFile& each : files_) {
      const double share =
          static_cast<double>(each.num_rows - each.num_dead) / static_cast<double>(num_live);
      const auto num_dead = static_cast<std::uint64_t>(share * static_cast<double>(num_rows));
      each.num_dead += num_dead;
      num_killed_ += num_dead;
    }
  }

  void rewrite(const Bin& bin) {
    std::uint64_t num_rows = 0;
    std::set<std::size_t> gone(bin.files.begin(), bin.files.end());
    std::vector<DataFile> kept;
    for (std::size_t index = 0; index < files_.size(); ++index) {
      if (gone.contains(index)) {
        num_rows += files_[index].num_rows - files_[index].num_dead;
      } else {
        kept.push_back(files_[index]);
      }
    }
    files_ = std::move(kept);
    const auto bytes =
        static_cast<std::uint64_t>(static_cast<double>(bin.live_bytes) * shape_.merged_size);
    const std::uint64_t cut = cut_bytes(bin.live_bytes, policy_);
    const std::uint64_t num_outputs = bytes == 0 ? 0 : (bytes + cut - 1) / cut;
    for (std::uint64_t output = 0; output < num_outputs; ++output) {
      add(bytes / num_outputs, num_rows / num_outputs);
    }
    rewritten_ += bytes;
  }

  const Shape shape_;
  const Policy policy_ = {};
  std::mt19937 random_;
  std::vector<DataFile> files_;
  std::uint64_t num_files_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t rewritten_ = 0;
  std::uint64_t num_killed_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Simulation::Shape& shape) {
  return out << shape.least_batch_bytes << ".." << shape.most_batch_bytes << " bytes, replaced "
             << shape.replaced_share << ", merged size " << shape.merged_size << ", seed "
             << shape.seed;
}

class UpkeepOverTime : public testing::TestWithParam<Simulation::Shape> {};

// docs/upkeep.md: rewritten <= tiers * written + 6 * dead where sizes add up, and at most
// 15/7 * (tiers * written + 3 * dead) + 3 * dead however well merged files compress.
TEST_P(UpkeepOverTime, WriteAmplificationAndSmallFilesStayBounded) {
  Simulation table(GetParam());
  const bool adds_up = GetParam().merged_size == 1.0;
  std::size_t most_small = 0;
  for (int commit = 0; commit < 4000; ++commit) {
    table.commit();
    most_small = std::max(most_small, table.num_small());
    const double merges = table.num_tiers() * table.written();
    const double bound = adds_up ? merges + 6 * table.dead()
                                 : 15.0 / 7 * (merges + 3 * table.dead()) + 3 * table.dead();
    ASSERT_LE(table.rewritten(), bound) << "after " << commit << " commits";
  }
  EXPECT_LE(most_small, static_cast<std::size_t>(8 * table.num_tiers() + 8));
  EXPECT_LE(table.max_dead_share(), 0.30) << "one bin a commit keeps up with the dead rows";
  RecordProperty("rewritten_per_written", std::to_string(table.rewritten() / table.written()));
  RecordProperty("small_files", static_cast<int>(most_small));
}

INSTANTIATE_TEST_SUITE_P(Shapes, UpkeepOverTime,
                         testing::Values(Simulation::Shape{kMiB, kMiB, 0, 1.0, 1},
                                         Simulation::Shape{4 * kKiB, 4 * kMiB, 0, 1.0, 2},
                                         Simulation::Shape{4 * kKiB, 60 * kMiB, 0, 1.0, 3},
                                         Simulation::Shape{100 * kKiB, 400 * kKiB, 0.9, 1.0, 4},
                                         Simulation::Shape{kMiB, 8 * kMiB, 0.5, 1.0, 5},
                                         Simulation::Shape{8 * kMiB, 60 * kMiB, 0.9, 1.0, 6},
                                         Simulation::Shape{64 * kKiB, 2 * kMiB, 0.3, 0.6, 7},
                                         Simulation::Shape{16 * kKiB, 256 * kKiB, 0, 0.2, 8}));

}  // namespace
}  // namespace inlet::upkeep
