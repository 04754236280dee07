#include "inlet/base/ordered_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace inlet {
namespace {

TEST(OrderedQueue, RestoresTheOrderOfTheNumbers) {
  OrderedQueue<int> queue(100);
  EXPECT_TRUE(queue.push(1, 11, 1, {}));
  EXPECT_TRUE(queue.push(0, 10, 1, {}));
  queue.finish(2);
  EXPECT_EQ(queue.pop({}), 10);
  EXPECT_EQ(queue.pop({}), 11);
  EXPECT_EQ(queue.pop({}), std::nullopt);
}

TEST(OrderedQueue, LetsTheAwaitedItemInHoweverFullItIs) {
  OrderedQueue<int> queue(1);
  EXPECT_TRUE(queue.push(1, 11, 1, {}));
  EXPECT_TRUE(queue.push(0, 10, 1000, {}));
  EXPECT_EQ(queue.pop({}), 10);
  EXPECT_EQ(queue.pop({}), 11);
}

TEST(OrderedQueue, ManyProducersInAnyOrderGiveOneOrder) {
  constexpr std::uint64_t kNumItems = 2000;
  OrderedQueue<std::uint64_t> queue(8);
  std::atomic<std::uint64_t> next = 0;
  std::vector<std::jthread> producers;
  for (int i = 0; i < 3; ++i) {
    producers.emplace_back([&](std::stop_token stop) {
      for (std::uint64_t number = next++; number < kNumItems; number = next++) {
        EXPECT_TRUE(queue.push(number, number, 3, stop));
      }
    });
  }
  queue.finish(kNumItems);
  for (std::uint64_t expected = 0; expected < kNumItems; ++expected) {
    EXPECT_EQ(queue.pop({}), expected);
  }
  EXPECT_EQ(queue.pop({}), std::nullopt);
}

TEST(OrderedQueue, AStopRequestFreesBothEnds) {
  OrderedQueue<int> queue(1);
  std::stop_source stop;
  std::jthread consumer([&] { EXPECT_EQ(queue.pop(stop.get_token()), std::nullopt); });
  stop.request_stop();
  consumer.join();
  EXPECT_FALSE(queue.push(5, 1, 2, stop.get_token()));
}

}  // namespace
}  // namespace inlet
