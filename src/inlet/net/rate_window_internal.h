#pragma once

#include <cstdint>
#include <optional>

#include "inlet/base/clock.h"
#include "inlet/net/retry.h"

namespace inlet::net {

/// What the server last said about its limits, and until when nobody may send. For one thread at a
/// time.
class RateWindow {
 public:
  explicit RateWindow(RateLimitHeaders names) : names_(std::move(names)) {}

  /// Reads the rate-limit headers of an answer.
  void note(const Response& response);
  /// The server refused: nobody sends before `until`.
  void hold_until(Timestamp until);
  /// When requests may go out again, when that is later than `now`.
  std::optional<Timestamp> opens_at(Timestamp now) const;
  /// When the window ends, as last heard, if requests are used up.
  std::optional<Timestamp> reset() const;
  std::optional<std::uint64_t> remaining() const { return remaining_; }

 private:
  RateLimitHeaders names_;
  std::optional<std::uint64_t> remaining_;
  std::optional<Timestamp> reset_;
  Timestamp held_until_{};
};

/// The Retry-After header, in seconds or as a date; never negative.
std::optional<std::chrono::milliseconds> retry_after(const Response& response, Timestamp now);

}  // namespace inlet::net
