#include "inlet/pipeline/readable.h"

#include <array>
#include <string_view>

#include "inlet/base/format.h"

namespace inlet::pipeline {

std::string readable_count(std::uint64_t count) {
  std::string digits = format("{}", count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string readable_bytes(std::uint64_t num_bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (num_bytes < 1024) return format("{} B", num_bytes);
  double amount = static_cast<double>(num_bytes) / 1024;
  std::size_t unit = 0;
  // From here on it would be printed as 1024.0.
  for (; amount >= 1023.95 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  return format("{:.1f} {}", amount, kUnits.at(unit));
}

std::string readable_duration(std::chrono::milliseconds duration) {
  const auto millis = duration.count();
  if (millis < 1000) return format("{} ms", millis);
  if (millis < 59'950) return format("{:.1f} s", static_cast<double>(millis) / 1000);
  const auto seconds = (millis + 500) / 1000;
  if (seconds < 3600) return format("{} m {:02} s", seconds / 60, seconds % 60);
  return format("{} h {:02} m", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace inlet::pipeline
