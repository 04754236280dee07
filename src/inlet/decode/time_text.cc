#include "inlet/decode/time_text.h"

namespace inlet::decode {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr std::int64_t kMicrosPerDay = 24 * 60 * kMicrosPerMinute;
constexpr std::int64_t kFirstDay = -719'162;      // 0001-01-01
constexpr std::int64_t kDayPastLast = 2'932'897;  // 10000-01-01
constexpr std::size_t kTimeSize = 19;             // YYYY-MM-DDThh:mm:ss

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The number that all of `text` spells in digits, or -1.
int digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return text.empty() ? -1 : value;
}

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : kDays[month - 1];
}

/// Reads a fraction's digits into microseconds; returns how many characters it takes.
std::size_t read_fraction(std::string_view text, WrittenTime& time) {
  std::size_t size = 1;
  std::int64_t unit = kMicrosPerSecond / 10;
  for (; size < text.size() && is_digit(text[size]); ++size, unit /= 10) {
    time.micros += unit * (text[size] - '0');
  }
  time.is_cut = size > 7;
  return size;
}

bool read_zone(std::string_view text, WrittenTime& time) {
  if (text.empty()) return true;
  time.zone = ZoneSpelling::Rfc3339;
  if (text == "Z" || text == "z") return true;
  if (text[0] != '+' && text[0] != '-') return false;
  const bool has_colon = text.size() == 6 && text[3] == ':';
  if (!has_colon) time.zone = ZoneSpelling::Loose;
  if (!has_colon && text.size() != 5 && text.size() != 3) return false;
  const int hours = digits(text.substr(1, 2));
  const int minutes = text.size() == 3 ? 0 : digits(text.substr(has_colon ? 4 : 3));
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  time.zone_minutes = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

}  // namespace

std::optional<std::int32_t> days_of(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return std::nullopt;
  if (day > days_in_month(year, month)) return std::nullopt;
  // Years that begin in March put the leap day last; 400 of them have 146,097 days.
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

std::optional<std::int32_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  return days_of(digits(text.substr(0, 4)), digits(text.substr(5, 2)), digits(text.substr(8, 2)));
}

std::optional<std::int32_t> parse_date(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return std::nullopt;
  int year = -1;
  int month = -1;
  int day = -1;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::string_view rest = pattern.substr(at);
    if (rest.starts_with("YYYY")) {
      year = digits(text.substr(at, 4));
      at += 4;
    } else if (rest.starts_with("MM")) {
      month = digits(text.substr(at, 2));
      at += 2;
    } else if (rest.starts_with("DD")) {
      day = digits(text.substr(at, 2));
      at += 2;
    } else {
      if (text[at] != pattern[at]) return std::nullopt;
      ++at;
    }
  }
  return days_of(year, month, day);
}

std::optional<WrittenTime> parse_time(std::string_view text) {
  if (text.size() < kTimeSize || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const auto day = parse_date(text.substr(0, 10));
  const int hours = digits(text.substr(11, 2));
  const int minutes = digits(text.substr(14, 2));
  const int seconds = digits(text.substr(17, 2));
  if (!day || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  if (seconds < 0 || seconds > 59) return std::nullopt;
  WrittenTime time{.day = *day};
  time.micros =
      *day * kMicrosPerDay + (hours * 60 + minutes) * kMicrosPerMinute + seconds * kMicrosPerSecond;
  std::size_t at = kTimeSize;
  if (at < text.size() && text[at] == '.') {
    const std::size_t size = read_fraction(text.substr(at), time);
    if (size == 1) return std::nullopt;
    at += size;
  }
  if (!read_zone(text.substr(at), time)) return std::nullopt;
  return time;
}

std::optional<std::int64_t> utc_micros(std::int64_t micros, int zone_minutes) {
  const std::int64_t utc = micros - zone_minutes * kMicrosPerMinute;
  if (utc < kFirstDay * kMicrosPerDay || utc >= kDayPastLast * kMicrosPerDay) return std::nullopt;
  return utc;
}

}  // namespace inlet::decode
