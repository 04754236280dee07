#include "inlet/base/clock.h"

#include <condition_variable>
#include <mutex>

#include "inlet/base/format.h"

namespace inlet {

Timestamp SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::steady() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

bool SystemClock::wait(std::chrono::nanoseconds duration, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss of_day(time - day);
  std::string text =
      format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
             of_day.hours().count(), of_day.minutes().count(), of_day.seconds().count());
  const auto micros = of_day.subseconds().count();
  if (micros % 1000 != 0) return text + format(".{:06}Z", micros);
  if (micros != 0) return text + format(".{:03}Z", micros / 1000);
  return text + "Z";
}

}  // namespace inlet
