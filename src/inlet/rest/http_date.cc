#include "inlet/rest/http_date.h"

#include <charconv>
#include <string>

#include "inlet/base/format.h"
#include "inlet/rest/cursor_value.h"

namespace inlet::rest {

std::optional<Timestamp> parse_http_date(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(26) != "GMT") return std::nullopt;
  const auto month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const auto value = CursorValue::parse_time(format(
      "{}-{:02}-{}T{}Z", text.substr(12, 4), month / 3 + 1, text.substr(5, 2), text.substr(17, 8)));
  if (!value) return std::nullopt;
  return Timestamp(std::chrono::microseconds(value->micros()));
}

}  // namespace inlet::rest
