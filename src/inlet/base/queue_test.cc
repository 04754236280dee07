#include "inlet/base/queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace inlet {
namespace {

TEST(ByteQueue, LetsOneItemAboveTheCapacityPassAlone) {
  ByteQueue<int> queue(10);
  EXPECT_TRUE(queue.push(1, 1000, {}));
  EXPECT_EQ(queue.pop({}), 1);
}

TEST(ByteQueue, DeliversWhatIsQueuedAfterClosing) {
  ByteQueue<std::unique_ptr<int>> queue(100);
  EXPECT_TRUE(queue.push(std::make_unique<int>(7), 1, {}));
  queue.close();
  EXPECT_FALSE(queue.push(std::make_unique<int>(8), 1, {}));
  EXPECT_EQ(**queue.pop({}), 7);
  EXPECT_EQ(queue.pop({}), std::nullopt);
}

TEST(ByteQueue, BlocksTheProducerUntilThereIsRoom) {
  ByteQueue<int> queue(1);
  std::jthread producer([&](std::stop_token stop) {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(queue.push(i, 1, stop));
    queue.close();
  });
  int expected = 0;
  while (const auto item = queue.pop({})) EXPECT_EQ(*item, expected++);
  EXPECT_EQ(expected, 1000);
}

TEST(ByteQueue, AStopRequestFreesBothEnds) {
  ByteQueue<int> queue(1);
  std::stop_source stop;
  std::jthread consumer([&] { EXPECT_EQ(queue.pop(stop.get_token()), std::nullopt); });
  stop.request_stop();
  consumer.join();
  EXPECT_TRUE(queue.push(1, 1, {}));
  EXPECT_FALSE(queue.push(2, 1, stop.get_token()));
}

constexpr auto kAllJoin = [](int, int) { return true; };
constexpr std::chrono::hours kLong{1};

TEST(ByteQueue, TakesNeighboursUpToEnough) {
  ByteQueue<int> queue(100);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.push(i, 2, {}));
  const auto joins = [](int first, int next) { return first / 2 == next / 2; };
  const auto first = queue.take(4, kLong, kAllJoin, {});
  EXPECT_EQ(first->items, (std::vector{0, 1}));
  const auto second = queue.take(100, {}, joins, {});
  EXPECT_EQ(second->items, (std::vector{2, 3}));
  EXPECT_EQ(first->number, 0U);
  EXPECT_EQ(second->number, 1U);
  EXPECT_EQ(queue.take(1, {}, kAllJoin, {})->items, std::vector{4});
  EXPECT_EQ(queue.num_groups(), 3U);
}

TEST(ByteQueue, DoesNotLingerForWhatCannotCome) {
  ByteQueue<int> queue(2);
  std::jthread producer([&](std::stop_token stop) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.push(i, 1, stop));
    queue.close();
  });
  std::vector<int> taken;
  // Ends before the hour does: a full queue and a closed one are taken at once.
  while (const auto group = queue.take(1000, kLong, kAllJoin, {})) {
    taken.insert(taken.end(), group->items.begin(), group->items.end());
  }
  EXPECT_EQ(taken, (std::vector{0, 1, 2, 3}));
}

}  // namespace
}  // namespace inlet
