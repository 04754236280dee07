#pragma once

#include <mutex>
#include <vector>

#include "inlet/base/clock.h"

namespace inlet::testkit {

/// A clock that a test drives: time stands still until it is advanced, and a wait advances it at
/// once instead of blocking. Safe from any thread.
class ManualClock final : public Clock {
 public:
  /// 2026-01-02T03:04:05Z unless told.
  explicit ManualClock(Timestamp start = Timestamp(std::chrono::seconds(1'767'323'045)));

  Timestamp now() const override;
  std::chrono::nanoseconds steady() const override;
  /// False, and no time passes, when `stop` was requested before.
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) const override;

  void advance(std::chrono::nanoseconds duration);
  /// Every wait so far, in order.
  std::vector<std::chrono::nanoseconds> waits() const;

 private:
  const Timestamp start_;
  mutable std::mutex mutex_;
  mutable std::chrono::nanoseconds passed_{0};
  mutable std::vector<std::chrono::nanoseconds> waits_;
};

}  // namespace inlet::testkit
