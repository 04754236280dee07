#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "inlet/index/parallel_internal.h"

namespace inlet::index {

Status in_parallel(unsigned num_threads, std::size_t count,
                   const std::function<Status(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> is_stopped = false;
  std::mutex mutex;
  Status outcome;
  const auto run = [&] {
    for (std::size_t item = next++; item < count && !is_stopped; item = next++) {
      Status done = work(item);
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (!is_stopped.exchange(true)) outcome = std::move(done);
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t num_others = std::min<std::size_t>(std::max(num_threads, 1U), count);
    for (std::size_t i = 1; i < num_others; ++i) threads.emplace_back(run);
    run();
  }
  return outcome;
}

}  // namespace inlet::index
