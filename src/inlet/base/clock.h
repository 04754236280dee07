#pragma once

#include <chrono>
#include <stop_token>
#include <string>

namespace inlet {

/// Microseconds since 1970-01-01T00:00:00Z: the resolution of a Delta timestamp.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// The only way our code learns the time or lets it pass. Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// UTC wall time.
  virtual Timestamp now() const = 0;
  /// Time that never goes back; only differences mean something.
  virtual std::chrono::nanoseconds steady() const = 0;
  /// Blocks for `duration` or until `stop` is requested. True when the whole time has passed.
  virtual bool wait(std::chrono::nanoseconds duration, std::stop_token stop) const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  std::chrono::nanoseconds steady() const override;
  bool wait(std::chrono::nanoseconds duration, std::stop_token stop) const override;
};

/// RFC 3339 in UTC, with as many fraction digits as the value needs (0, 3 or 6):
/// 2026-01-02T03:04:05Z.
std::string to_rfc3339(Timestamp time);

}  // namespace inlet
