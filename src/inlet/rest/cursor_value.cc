#include "inlet/rest/cursor_value.h"

#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet::rest {
namespace {

constexpr std::array<std::pair<std::string_view, CursorFormat>, 4> kFormats = {{
    {"rfc3339", CursorFormat::Rfc3339},
    {"date", CursorFormat::Date},
    {"epoch", CursorFormat::Epoch},
    {"epoch_ms", CursorFormat::EpochMillis},
}};
constexpr long long kMicros = 1'000'000;

long long floor_divide(long long value, long long divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// Reads `size` digits; -1 when they are not all digits.
int digits(std::string_view text, std::size_t start, std::size_t size) {
  int value = 0;
  if (start + size > text.size()) return -1;
  for (std::size_t i = start; i < start + size; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::string date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// Seconds and the place behind `YYYY-MM-DDTHH:MM:SS`; a mere date is midnight.
struct WallClock {
  long long seconds = 0;
  std::size_t end = 0;
};
Result<WallClock> read_wall_clock(std::string_view text) {
  const auto bad =
      fail(ErrorKind::BadRecord, format("\"{}\" is no RFC 3339 time", text.substr(0, 40)));
  const std::chrono::year_month_day date(
      std::chrono::year(digits(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(digits(text, 8, 2))));
  if (text.size() < 10 || text[4] != '-' || text[7] != '-' || !date.ok() ||
      digits(text, 0, 4) < 0) {
    return bad;
  }
  const long long day = std::chrono::sys_days(date).time_since_epoch().count() * 86'400;
  if (text.size() == 10) return WallClock{day, 10};
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const bool is_split = text.size() >= 19 &&
                        (text[10] == 'T' || text[10] == 't' || text[10] == ' ') &&
                        text[13] == ':' && text[16] == ':';
  if (!is_split || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return bad;
  }
  return WallClock{day + hour * 3600 + minute * 60 + second, 19};
}

// The zone's offset in seconds; a time without zone is refused.
Result<long long> read_zone(std::string_view zone, std::string_view text) {
  if (zone == "Z" || zone == "z") return 0;
  const bool has_colon = zone.size() == 6 && zone[3] == ':';
  const bool has_sign = !zone.empty() && (zone[0] == '+' || zone[0] == '-');
  const int hours = digits(zone, 1, 2);
  const int minutes = digits(zone, has_colon ? 4 : 3, 2);
  if (!has_sign || (!has_colon && zone.size() != 5) || hours < 0 || minutes < 0) {
    return fail(ErrorKind::BadRecord, format("\"{}\" has no zone", text.substr(0, 40)));
  }
  const long long seconds = hours * 3600 + minutes * 60;
  return zone[0] == '-' ? -seconds : seconds;
}

}  // namespace

Result<CursorFormat> parse_cursor_format(std::string_view text) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : kFormats) {
    if (name == text) return value;
    known.push_back(name);
  }
  return fail(ErrorKind::Config,
              format("\"{}\" is no time format: rfc3339, date, epoch, epoch_ms{}", text,
                     did_you_mean(text, std::span<const std::string_view>(known))));
}

Json format_micros(long long micros, CursorFormat format) {
  switch (format) {
    case CursorFormat::Rfc3339: break;
    case CursorFormat::Date: {
      const auto days = std::chrono::days(floor_divide(micros, 86'400 * kMicros));
      return date_text(std::chrono::sys_days(days));
    }
    case CursorFormat::Epoch: return floor_divide(micros, kMicros);
    case CursorFormat::EpochMillis: return floor_divide(micros, 1000);
  }
  return to_rfc3339(Timestamp(std::chrono::microseconds(micros)));
}

Result<CursorValue::Kind> CursorValue::kind_of(const Type& column) {
  switch (column.kind) {
    case TypeKind::Timestamp:
    case TypeKind::Date: return Kind::Time;
    case TypeKind::Int:
    case TypeKind::Long: return Kind::Integer;
    case TypeKind::String: return Kind::Text;
    default: break;
  }
  return fail(ErrorKind::Config,
              format("a cursor column is a timestamp, date, bigint, int or string, not {}",
                     to_text(column)));
}

Result<CursorValue> CursorValue::parse_time(std::string_view text) {
  const WallClock clock = TRY(read_wall_clock(text));
  CursorValue value;
  value.kind_ = Kind::Time;
  value.number_ = clock.seconds;
  if (clock.end == 10) return value;  // a date
  std::size_t at = clock.end;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
    std::int32_t unit = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      value.nanos_ += (text[at] - '0') * unit;
    }
  }
  value.number_ -= TRY(read_zone(text.substr(at), text));
  return value;
}

CursorValue CursorValue::at(Timestamp time) {
  const long long micros = time.time_since_epoch().count();
  CursorValue value;
  value.kind_ = Kind::Time;
  value.number_ = floor_divide(micros, kMicros);
  value.nanos_ = static_cast<std::int32_t>((micros - value.number_ * kMicros) * 1000);
  return value;
}

Result<CursorValue> CursorValue::from_json(const Json& json, Kind kind, CursorFormat format) {
  CursorValue value;
  value.kind_ = kind;
  if (kind == Kind::Time && json.is_string()) return parse_time(json.get_ref<const std::string&>());
  if (kind == Kind::Time && json.is_number_integer()) {
    const long long number = json.get<long long>();
    const long long unit = format == CursorFormat::EpochMillis ? 1000 : 1;
    value.number_ = floor_divide(number, unit);
    value.nanos_ = static_cast<std::int32_t>((number - value.number_ * unit) * 1'000'000);
    return value;
  }
  if (kind == Kind::Integer && json.is_number_integer()) {
    value.number_ = json.get<long long>();
    return value;
  }
  if (kind == Kind::Text && (json.is_string() || json.is_number_integer())) {
    value.text_ = json.is_string() ? json.get<std::string>() : inlet::to_text(json);
    return value;
  }
  return fail(ErrorKind::BadRecord,
              inlet::format("{} cannot be a cursor", inlet::to_text(json).substr(0, 40)));
}

std::string CursorValue::canonical() const {
  if (kind_ == Kind::Text) return text_;
  if (kind_ == Kind::Integer) return std::to_string(number_);
  const auto seconds = Timestamp(std::chrono::microseconds(number_ * kMicros));
  std::string text = to_rfc3339(seconds);
  if (nanos_ == 0) return text;
  std::string fraction = format("{:09}", nanos_);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text.insert(text.size() - 1, "." + fraction);
}

Result<CursorValue> CursorValue::from_canonical(std::string_view text, Kind kind) {
  CursorValue value;
  value.kind_ = kind;
  if (kind == Kind::Time) return parse_time(text);
  if (kind == Kind::Text) {
    value.text_ = text;
    return value;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.number_);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::Config, format("the offset's cursor \"{}\" is no integer", text));
  }
  return value;
}

Json CursorValue::as_parameter(CursorFormat format) const {
  if (kind_ == Kind::Integer) return number_;
  if (kind_ == Kind::Text) return text_;
  if (format == CursorFormat::Rfc3339) return canonical();
  return format_micros(micros(), format);
}

CursorValue CursorValue::minus(std::chrono::milliseconds duration) const {
  if (kind_ != Kind::Time) return *this;
  CursorValue value = *this;
  const long long nanos = nanos_ - (duration.count() % 1000) * 1'000'000;
  value.number_ -= duration.count() / 1000 + (nanos < 0 ? 1 : 0);
  value.nanos_ = static_cast<std::int32_t>(nanos < 0 ? nanos + 1'000'000'000 : nanos);
  return value;
}

long long CursorValue::micros() const {
  return number_ * kMicros + nanos_ / 1000;
}

std::strong_ordering CursorValue::operator<=>(const CursorValue& other) const {
  if (const auto order = number_ <=> other.number_; order != 0) return order;
  if (const auto order = nanos_ <=> other.nanos_; order != 0) return order;
  return text_.compare(other.text_) <=> 0;
}

}  // namespace inlet::rest
