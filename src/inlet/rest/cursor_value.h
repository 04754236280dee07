#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/base/json.h"
#include "inlet/data/type.h"

namespace inlet::rest {

/// How an API spells a time.
enum class CursorFormat { Rfc3339, Date, Epoch, EpochMillis };

/// rfc3339, date, epoch, epoch_ms; fails with Config and "did you mean".
Result<CursorFormat> parse_cursor_format(std::string_view text);
/// Microseconds since 1970 in that spelling: a text or an integer. Finer digits are cut.
Json format_micros(long long micros, CursorFormat format);

/// One value of a cursor column, in an order: times by instant and to the last digit (texts such as
/// `...:00Z` and `...:00.5Z` do not sort as texts), integers by size, texts by bytes.
class CursorValue {
 public:
  enum class Kind { Time, Integer, Text };

  CursorValue() = default;
  /// Which kind a column's values have; fails with Config for types without an order.
  static Result<Kind> kind_of(const Type& column);
  /// From a record's JSON. Fails with BadRecord when it is not of that kind.
  static Result<CursorValue> from_json(const Json& value, Kind kind, CursorFormat format);
  /// RFC 3339, or a date.
  static Result<CursorValue> parse_time(std::string_view text);
  static CursorValue at(Timestamp time);

  /// The one spelling that an offset holds: RFC 3339 in UTC with the digits that the value needs,
  /// digits, or the text.
  std::string canonical() const;
  static Result<CursorValue> from_canonical(std::string_view text, Kind kind);

  /// As a request parameter; integers and texts as they are.
  Json as_parameter(CursorFormat format) const;
  /// Times only; texts and integers stay. `duration` is not negative.
  CursorValue minus(std::chrono::milliseconds duration) const;
  Kind kind() const { return kind_; }
  long long micros() const;

  std::strong_ordering operator<=>(const CursorValue& other) const;
  bool operator==(const CursorValue& other) const = default;

 private:
  Kind kind_ = Kind::Text;
  std::int64_t number_ = 0;  ///< seconds of a time, or the integer
  std::int32_t nanos_ = 0;
  std::string text_;
};

}  // namespace inlet::rest
