#include "inlet/pipeline/commit_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "inlet/delta/commit_race.h"
#include "testkit/manual_clock.h"
#include "testkit/temporary_folder.h"

namespace inlet::pipeline {
namespace {

constexpr int kWriters = 6;

class CommitLoop : public testing::Test {
 protected:
  Result<delta::Snapshot> open() {
    const Schema schema{{{.name = "id", .type = {TypeKind::Long}}}};
    return delta::Snapshot::open_or_create(delta::make_engine({}, 1), (folder_ / "table").string(),
                                           schema);
  }

  const SystemClock clock_;
  testkit::TemporaryFolder folder_;
};

TEST_F(CommitLoop, ManyThatMakeATableAtOnceAllHaveIt) {
  std::atomic<int> num_opened = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWriters; ++i) {
      threads.emplace_back([&] {
        const auto table = open();
        num_opened += table && table->version() == 0 ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(num_opened, kWriters);
}

TEST_F(CommitLoop, ManyWritersLoseNoCommit) {
  constexpr int kCommits = 8;
  ASSERT_TRUE(open());
  std::atomic<int> num_committed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWriters; ++i) {
      threads.emplace_back([&, app = "writer " + std::to_string(i)] {
        auto table = open();
        for (int version = 1; table && version <= kCommits; ++version) {
          const auto committed = commit_with_retries(clock_, *table, [&](const delta::Snapshot&) {
            return Result<delta::Edit>(delta::Edit{.app_id = app, .app_version = version});
          });
          if (!committed) return;
          table = *committed;
          ++num_committed;
        }
      });
    }
  }
  EXPECT_EQ(num_committed, kWriters * kCommits);
  EXPECT_EQ(open()->version(), kWriters * kCommits);
}

TEST_F(CommitLoop, OneThatAlwaysLosesGivesUpAndSaysSo) {
  const testkit::ManualClock clock;
  int num_plans = 0;
  const auto lost = commit_with_retries(clock, open().value(), [&](const delta::Snapshot& base) {
    ++num_plans;
    EXPECT_TRUE(delta::commit(base, {.app_id = "faster", .app_version = num_plans}));
    return Result<delta::Edit>(delta::Edit{.app_id = "slower", .app_version = 1});
  });
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::Conflict);
  EXPECT_NE(lost.error().message.find("lost the commit race 60 times"), std::string::npos);
  EXPECT_EQ(num_plans, delta::CommitRace::kMaxLost);
  EXPECT_EQ(clock.waits().size(), num_plans - 1U);
}

TEST_F(CommitLoop, AnEditThatChangesNothingIsNotCommitted) {
  const auto table = open();
  ASSERT_TRUE(table);
  const auto same = commit_with_retries(
      clock_, *table, [](const delta::Snapshot&) { return Result<delta::Edit>(delta::Edit{}); });
  ASSERT_TRUE(same);
  EXPECT_EQ(same->version(), 0);
}

}  // namespace
}  // namespace inlet::pipeline
