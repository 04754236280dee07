#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace inlet::decode {

/// Days since 1970-01-01; nullopt outside of the calendar or of the years 1 to 9999.
std::optional<std::int32_t> days_of(int year, int month, int day);

/// `YYYY-MM-DD`, nothing around it.
std::optional<std::int32_t> parse_date(std::string_view text);

/// By a declared pattern of `YYYY`, `MM`, `DD` and separators that have to match.
std::optional<std::int32_t> parse_date(std::string_view text, std::string_view pattern);

enum class ZoneSpelling { Missing, Rfc3339, Loose };

/// A time as written: date, `T` or a space, `hh:mm:ss`, an optional fraction, then a zone.
struct WrittenTime {
  std::int32_t day = 0;     ///< of the date as written
  std::int64_t micros = 0;  ///< since 1970-01-01T00:00:00 as written, the zone not yet applied
  int zone_minutes = 0;     ///< east of UTC
  ZoneSpelling zone = ZoneSpelling::Missing;  ///< Loose: `+hhmm` or `+hh`
  bool is_cut = false;                        ///< had more than six fraction digits
};
std::optional<WrittenTime> parse_time(std::string_view text);

/// Microseconds since 1970-01-01T00:00:00Z; nullopt outside of the years 1 to 9999.
std::optional<std::int64_t> utc_micros(std::int64_t micros, int zone_minutes);

}  // namespace inlet::decode
