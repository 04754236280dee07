#include "inlet/decode/coercion.h"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "inlet/decode/binary_text.h"
#include "inlet/decode/json_text.h"
#include "inlet/decode/number_text.h"
#include "inlet/decode/time_text.h"

namespace inlet::decode {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";
constexpr int kMaxJsonDepth = 128;

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
  }
  return true;
}

/// A number in JSON's spelling out of what people write: spaces around, a plus sign, zeros in
/// front.
std::optional<std::string> loose_number(std::string_view text) {
  text = trimmed(text);
  std::string number;
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text[0] == '-') number = "-";
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
    text.remove_prefix(1);
  }
  number += text;
  if (!is_json_number(number) || num_digits(number) > kMaxNumberDigits) return std::nullopt;
  return number;
}

/// The number a value stands for under strict or lenient, in JSON's spelling.
std::optional<std::string> number_of(Scalar value, CoercionPolicy policy) {
  if (value.kind == Scalar::Kind::Number) return std::string(value.text);
  if (value.kind != Scalar::Kind::String || policy == CoercionPolicy::Strict) return std::nullopt;
  return loose_number(value.text);
}

template <class Float>
std::optional<Float> loose_constant(std::string_view text) {
  text = trimmed(text);
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (equals_ignoring_case(text, "nan")) return std::numeric_limits<Float>::quiet_NaN();
  if (!equals_ignoring_case(text, "infinity") && !equals_ignoring_case(text, "inf")) {
    return std::nullopt;
  }
  return is_negative ? -std::numeric_limits<Float>::infinity()
                     : std::numeric_limits<Float>::infinity();
}

std::optional<bool> loose_boolean(std::string_view text) {
  text = trimmed(text);
  for (const std::string_view word : {"true", "t", "yes", "y", "1"}) {
    if (equals_ignoring_case(text, word)) return true;
  }
  for (const std::string_view word : {"false", "f", "no", "n", "0"}) {
    if (equals_ignoring_case(text, word)) return false;
  }
  return std::nullopt;
}

/// A number since 1970 as microseconds; what is finer than them is refused.
std::optional<std::int64_t> epoch_micros(std::string_view number, EpochUnit unit) {
  const int scale = unit == EpochUnit::Seconds ? 6 : unit == EpochUnit::Milliseconds ? 3 : 0;
  const auto micros = exact_decimal(number, 18, scale, DecimalDigits::Exact);
  if (!micros) return std::nullopt;
  return utc_micros(static_cast<std::int64_t>(*micros), 0);
}

}  // namespace

Coercion::Coercion(CoercionPolicy policy, Spellings spellings)
    : policy_(policy), spellings_(std::move(spellings)), declared_binary_(spellings_.binary) {}

void Coercion::set_page_binary(BinarySpelling spelling) {
  spellings_.binary = spelling == BinarySpelling::Utf8 ? declared_binary_ : spelling;
}

bool Coercion::append(ColumnBuilder& column, Scalar value) {
  if (value.kind == Scalar::Kind::Number && num_digits(value.text) > kMaxNumberDigits) return false;
  if (policy_ == CoercionPolicy::Lakeflow) return append_as_python(column, value);
  switch (column.type().kind) {
    case TypeKind::Boolean: return append_boolean(column, value);
    case TypeKind::Int:
    case TypeKind::Long: return append_integer(column, value);
    case TypeKind::Float:
    case TypeKind::Double: return append_floating(column, value);
    case TypeKind::Decimal: return append_decimal(column, value);
    case TypeKind::String: return append_string(column, value);
    case TypeKind::Json: return append_json(column, value);
    case TypeKind::Binary: return append_binary(column, value);
    case TypeKind::Date: return append_date(column, value);
    case TypeKind::Timestamp: return append_timestamp(column, value);
    case TypeKind::Struct:
    case TypeKind::List:
    case TypeKind::Map: return false;
  }
  return false;
}

bool Coercion::append_text(ColumnBuilder& column, std::string_view text) {
  switch (column.type().kind) {
    case TypeKind::Json: {
      const auto json = compact_json(text, kMaxJsonDepth);
      if (json) column.append_bytes(*json);
      return json.has_value();
    }
    case TypeKind::Boolean:
      if (text == "true") return append(column, {Scalar::Kind::True});
      if (text == "false") return append(column, {Scalar::Kind::False});
      break;
    case TypeKind::Timestamp:
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal:
      if (is_json_number(text)) return append(column, {Scalar::Kind::Number, text});
      break;
    default: break;
  }
  return append(column, {Scalar::Kind::String, text});
}

bool Coercion::append_boolean(ColumnBuilder& column, Scalar value) const {
  std::optional<bool> result;
  if (value.kind == Scalar::Kind::True) result = true;
  if (value.kind == Scalar::Kind::False) result = false;
  if (!result && policy_ == CoercionPolicy::Lenient) result = loose_boolean(value.text);
  if (result) column.append_boolean(*result);
  return result.has_value();
}

bool Coercion::append_integer(ColumnBuilder& column, Scalar value) const {
  const auto number = number_of(value, policy_);
  const auto integer = number ? exact_integer(*number) : std::nullopt;
  if (!integer) return false;
  return append_in_range(column, *integer);
}

bool Coercion::append_in_range(ColumnBuilder& column, std::int64_t integer) {
  if (column.type().kind == TypeKind::Long) {
    column.append_int64(integer);
    return true;
  }
  if (!std::in_range<std::int32_t>(integer)) return false;
  column.append_int32(static_cast<std::int32_t>(integer));
  return true;
}

bool Coercion::append_floating(ColumnBuilder& column, Scalar value) const {
  const auto number = number_of(value, policy_);
  const bool may_be_constant =
      !number && value.kind == Scalar::Kind::String && policy_ == CoercionPolicy::Lenient;
  if (column.type().kind == TypeKind::Float) {
    auto result = number ? nearest_float(*number) : std::nullopt;
    if (may_be_constant) result = loose_constant<float>(value.text);
    if (result) column.append_float32(*result);
    return result.has_value();
  }
  auto result = number ? nearest_double(*number) : std::nullopt;
  if (may_be_constant) result = loose_constant<double>(value.text);
  if (result) column.append_float64(*result);
  return result.has_value();
}

bool Coercion::append_decimal(ColumnBuilder& column, Scalar value) const {
  const auto number = number_of(value, policy_);
  if (!number) return false;
  const bool rounds = policy_ == CoercionPolicy::Lenient && spellings_.rounds_decimals;
  const auto unscaled = exact_decimal(*number, column.type().precision, column.type().scale,
                                      rounds ? DecimalDigits::RoundHalfUp : DecimalDigits::Exact);
  if (unscaled) column.append_decimal(*unscaled);
  return unscaled.has_value();
}

bool Coercion::append_string(ColumnBuilder& column, Scalar value) const {
  switch (value.kind) {
    case Scalar::Kind::True: column.append_bytes("true"); break;
    case Scalar::Kind::False: column.append_bytes("false"); break;
    case Scalar::Kind::Number:
    case Scalar::Kind::String: column.append_bytes(value.text); break;
  }
  return true;
}

bool Coercion::append_json(ColumnBuilder& column, Scalar value) const {
  if (value.kind != Scalar::Kind::String) return append_string(column, value);
  std::string json;
  append_json_string(json, value.text);
  column.append_bytes(json);
  return true;
}

bool Coercion::append_binary(ColumnBuilder& column, Scalar value) const {
  if (value.kind != Scalar::Kind::String) return false;
  if (spellings_.binary == BinarySpelling::Base64) return append_base64(column, value.text);
  if (spellings_.binary == BinarySpelling::Hex && policy_ == CoercionPolicy::Lenient) {
    return append_hex(column, value.text);
  }
  column.append_bytes(value.text);
  return true;
}

bool Coercion::append_date(ColumnBuilder& column, Scalar value) const {
  if (value.kind != Scalar::Kind::String) return false;
  auto day = parse_date(value.text);
  if (!day && policy_ == CoercionPolicy::Lenient) {
    const std::string_view text = trimmed(value.text);
    day = parse_date(text);
    if (const auto time = day ? std::nullopt : parse_time(text)) day = time->day;
    if (!day && !spellings_.date_format.empty()) day = parse_date(text, spellings_.date_format);
  }
  if (day) column.append_int32(*day);
  return day.has_value();
}

bool Coercion::append_timestamp(ColumnBuilder& column, Scalar value) {
  const bool is_lenient = policy_ == CoercionPolicy::Lenient;
  std::optional<std::int64_t> micros;
  bool is_cut = false;
  if (value.kind == Scalar::Kind::Number && is_lenient && spellings_.epoch) {
    micros = epoch_micros(value.text, *spellings_.epoch);
  } else if (value.kind == Scalar::Kind::String) {
    const auto time = parse_time(is_lenient ? trimmed(value.text) : value.text);
    if (!time) return false;
    int zone_minutes = time->zone_minutes;
    if (time->zone == ZoneSpelling::Missing) {
      if (!is_lenient || !spellings_.zone_minutes) return false;
      zone_minutes = *spellings_.zone_minutes;
    }
    if (time->zone == ZoneSpelling::Loose && !is_lenient) return false;
    micros = utc_micros(time->micros, zone_minutes);
    is_cut = time->is_cut;
  }
  if (!micros) return false;
  column.append_int64(*micros);
  if (is_cut) ++num_truncated_times_;
  return true;
}

}  // namespace inlet::decode
