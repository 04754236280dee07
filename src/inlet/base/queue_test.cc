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

}  // namespace
}  // namespace inlet
