// Durations and byte sizes as people write them: parse_duration and parse_bytes of options.h.
#include <charconv>
#include <limits>
#include <optional>

#include "inlet/base/format.h"
#include "inlet/connect/options.h"

namespace inlet {
namespace {

struct Unit {
  std::string_view name;
  long long factor;
};

constexpr Unit kDurations[] = {{"ms", 1},        {"s", 1000},       {"m", 60'000},
                               {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
constexpr Unit kIsoDays[] = {{"d", 86'400'000}, {"w", 604'800'000}};
constexpr Unit kIsoTimes[] = {{"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit kBytes[] = {{"", 1},
                           {"b", 1},
                           {"k", 1LL << 10},
                           {"kb", 1'000},
                           {"kib", 1LL << 10},
                           {"m", 1LL << 20},
                           {"mb", 1'000'000},
                           {"mib", 1LL << 20},
                           {"g", 1LL << 30},
                           {"gb", 1'000'000'000},
                           {"gib", 1LL << 30},
                           {"t", 1LL << 40},
                           {"tb", 1'000'000'000'000},
                           {"tib", 1LL << 40}};

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

// Takes one `<digits><unit>` off the front of `text`.
std::optional<long long> take_amount(std::string_view& text, std::span<const Unit> units) {
  long long number = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  std::size_t length = 0;
  while (length < text.size() && !is_digit(text[length])) ++length;
  const std::string_view name = text.substr(0, length);
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<long long>::max() / unit.factor) return std::nullopt;
    text.remove_prefix(length);
    return number * unit.factor;
  }
  return std::nullopt;
}

// The sum of all amounts in `text`; nullopt when it is empty or anything else is in it.
std::optional<long long> sum_amounts(std::string_view text, std::span<const Unit> units) {
  if (text.empty()) return std::nullopt;
  long long sum = 0;
  while (!text.empty()) {
    const std::optional<long long> amount = take_amount(text, units);
    if (!amount || *amount > std::numeric_limits<long long>::max() - sum) return std::nullopt;
    sum += *amount;
  }
  return sum;
}

// ISO 8601 after its `p`: days and weeks, then `t` and hours, minutes, seconds.
std::optional<long long> iso_duration(std::string_view text) {
  const auto time = text.find('t');
  if (time == std::string_view::npos) return sum_amounts(text, kIsoDays);
  const std::optional<long long> times = sum_amounts(text.substr(time + 1), kIsoTimes);
  if (time == 0 || !times) return times;
  const std::optional<long long> days = sum_amounts(text.substr(0, time), kIsoDays);
  if (!days || *times > std::numeric_limits<long long>::max() - *days) return std::nullopt;
  return *days + *times;
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::string lower = lowered(text);
  if (lower == "0") return std::chrono::milliseconds(0);
  const std::optional<long long> sum = lower.starts_with('p')
                                           ? iso_duration(std::string_view(lower).substr(1))
                                           : sum_amounts(lower, kDurations);
  if (sum) return std::chrono::milliseconds(*sum);
  return fail(
      ErrorKind::Config,
      format("expected a duration such as 90s, 5m, 2h, 1d, 250ms or PT5M, got \"{}\"", text));
}

Result<long long> parse_bytes(std::string_view text) {
  const std::string lower = lowered(text);
  std::string_view rest = lower;
  const std::optional<long long> amount = take_amount(rest, kBytes);
  if (amount && rest.empty()) return *amount;
  return fail(
      ErrorKind::Config,
      format("expected a size such as 512MiB, 64kB, 1g or a number of bytes, got \"{}\"", text));
}

}  // namespace inlet
