#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace inlet::net {

/// At most `num_requests` in any stretch of `interval`; 0 requests: no limit. Times are
/// Clock::steady(). For one thread at a time.
class RequestBudget {
 public:
  RequestBudget(std::uint32_t num_requests, std::chrono::nanoseconds interval)
      : num_requests_(num_requests), interval_(interval) {}

  /// How long from `now` until the next request may be sent.
  std::chrono::nanoseconds wait_from(std::chrono::nanoseconds now) const;
  /// Counts a request sent at `now`.
  void take(std::chrono::nanoseconds now);

 private:
  std::uint32_t num_requests_;
  std::chrono::nanoseconds interval_;
  std::deque<std::chrono::nanoseconds> sent_;  ///< the latest, at most num_requests_
};

}  // namespace inlet::net
