#include "testkit/manual_clock.h"

namespace inlet::testkit {

ManualClock::ManualClock(Timestamp start) : start_(start) {}

Timestamp ManualClock::now() const {
  const std::lock_guard lock(mutex_);
  return start_ + std::chrono::floor<std::chrono::microseconds>(passed_);
}

std::chrono::nanoseconds ManualClock::steady() const {
  const std::lock_guard lock(mutex_);
  return passed_;
}

bool ManualClock::wait(std::chrono::nanoseconds duration, std::stop_token stop) const {
  if (stop.stop_requested()) return false;
  const std::lock_guard lock(mutex_);
  passed_ += duration;
  waits_.push_back(duration);
  return true;
}

void ManualClock::advance(std::chrono::nanoseconds duration) {
  const std::lock_guard lock(mutex_);
  passed_ += duration;
}

std::vector<std::chrono::nanoseconds> ManualClock::waits() const {
  const std::lock_guard lock(mutex_);
  return waits_;
}

}  // namespace inlet::testkit
