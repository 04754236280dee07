#include "inlet/upkeep/retention.h"

#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::upkeep {
namespace {

using std::chrono::milliseconds;

// Far longer than any table lives, and far from the end of the number's range.
constexpr long long kMostMilliseconds = 1000LL * 365 * 24 * 3600 * 1000;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Of one unit, in microseconds.
std::optional<long long> unit_of(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  if (word == "microsecond") return 1;
  if (word == "millisecond") return 1'000;
  if (word == "second") return 1'000'000;
  if (word == "minute") return 60'000'000;
  if (word == "hour") return 3'600'000'000;
  if (word == "day") return 86'400'000'000;
  if (word == "week") return 604'800'000'000;
  return std::nullopt;
}

std::unexpected<Error> no_interval(std::string_view text) {
  return fail(ErrorKind::Config, format("\"{}\" is no time span of weeks, days, hours, minutes or "
                                        "seconds, such as \"interval 7 days\"",
                                        text));
}

Result<milliseconds> property_or(const delta::Snapshot& table, std::string_view name,
                                 milliseconds fallback) {
  const std::optional<std::string> value = table.property(name);
  if (!value) return fallback;
  Result<milliseconds> parsed = parse_interval(*value);
  if (parsed) return parsed;
  return std::unexpected(
      std::move(parsed).error().within(format("table {}: property {}", table.url(), name)));
}

}  // namespace

Result<milliseconds> parse_interval(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  if (!words.empty() && words.front() == "interval") words.erase(words.begin());
  if (words.empty() || words.size() % 2 != 0) return no_interval(text);
  long double microseconds = 0;
  for (std::size_t at = 0; at < words.size(); at += 2) {
    const std::string& number = words[at];
    long long count = 0;
    const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), count);
    const auto unit = unit_of(words[at + 1]);
    const bool is_number = code == std::errc() && end == number.data() + number.size();
    if (!is_number || count < 0 || !unit) return no_interval(text);
    microseconds += static_cast<long double>(count) * static_cast<long double>(*unit);
  }
  if (microseconds / 1000 > static_cast<long double>(kMostMilliseconds)) return no_interval(text);
  return milliseconds(static_cast<long long>(microseconds / 1000));
}

Result<milliseconds> file_retention(const delta::Snapshot& table) {
  return property_or(table, "delta.deletedFileRetentionDuration", std::chrono::days(7));
}

Result<milliseconds> log_retention(const delta::Snapshot& table) {
  return property_or(table, "delta.logRetentionDuration", std::chrono::days(30));
}

}  // namespace inlet::upkeep
