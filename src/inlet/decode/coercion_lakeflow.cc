// The policy that reproduces the results of the Python framework, surprises included: how Python's
// int(), float(), str() and truth values read what its json module has parsed.

#include <array>
#include <limits>
#include <optional>
#include <string>

#include "inlet/decode/binary_text.h"
#include "inlet/decode/coercion.h"
#include "inlet/decode/json_text.h"
#include "inlet/decode/number_text.h"
#include "inlet/decode/python_text.h"
#include "inlet/decode/time_text.h"

namespace inlet::decode {
namespace {

using Kind = Scalar::Kind;

constexpr int kMaxJsonDepth = 128;
constexpr std::string_view kSpace = " \t\r\n\f\v";

/// What int() and float() strip and allow in a str: spaces around, a sign, zeros in front and
/// single underscores between digits. In JSON's spelling, where there is one.
std::optional<std::string> python_number_in(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  std::string number;
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text[0] == '-') number = "-";
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  const auto is_digit_at = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  bool is_leading = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      if (i == 0 || !is_digit_at(i - 1) || !is_digit_at(i + 1)) return std::nullopt;
      continue;
    }
    const bool is_spare_zero = is_leading && text[i] == '0' && (is_digit_at(i + 1));
    if (is_spare_zero) continue;
    is_leading = false;
    number += text[i];
  }
  if (!is_json_number(number) || num_digits(number) > kMaxNumberDigits) return std::nullopt;
  return number;
}

/// int(value): toward zero for floats, only integers for str.
std::optional<std::int64_t> python_int(Scalar value) {
  if (value.kind == Kind::True) return 1;
  if (value.kind == Kind::False) return 0;
  std::string number(value.text);
  if (value.kind == Kind::String) {
    auto spelled = python_number_in(value.text);
    if (!spelled || spelled->find_first_of(".eE") != std::string::npos) return std::nullopt;
    number = std::move(*spelled);
  }
  if (auto exact = exact_integer(number)) return exact;
  if (number.find_first_of(".eE") == std::string::npos) return std::nullopt;
  const auto floating = nearest_double(number);
  if (!floating || *floating >= 0x1p63 || *floating < -0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(*floating);
}

std::optional<double> python_float(Scalar value) {
  if (value.kind == Kind::True) return 1;
  if (value.kind == Kind::False) return 0;
  std::string number(value.text);
  if (value.kind == Kind::String) {
    auto spelled = python_number_in(value.text);
    if (!spelled) return std::nullopt;
    number = std::move(*spelled);
  }
  if (auto floating = nearest_double(number)) return floating;
  return number.starts_with('-') ? -std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::infinity();
}

bool python_truth(Scalar value) {
  if (value.kind == Kind::Number) return nearest_double(value.text).value_or(1) != 0;
  if (value.kind != Kind::String) return value.kind == Kind::True;
  std::string lower;
  for (const char c : value.text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const std::string_view word : {"", "false", "f", "no", "n", "0"}) {
    if (lower == word) return false;
  }
  return true;
}

std::optional<std::int32_t> python_date(std::string_view text) {
  if (const auto time = parse_time(text)) return time->day;
  // Month first comes before day first: 01/02/2024 is January 2.
  for (const std::string_view pattern : {"YYYY-MM-DD", "MM/DD/YYYY", "DD/MM/YYYY", "YYYY/MM/DD"}) {
    if (const auto day = parse_date(text, pattern)) return day;
  }
  return std::nullopt;
}

/// Times without a zone are UTC; numbers are seconds, so milliseconds run past the year 9999.
std::optional<std::int64_t> python_timestamp(Scalar value) {
  if (value.kind == Kind::Number) {
    const auto micros = exact_decimal(value.text, 18, 6, DecimalDigits::RoundHalfUp);
    return micros ? utc_micros(static_cast<std::int64_t>(*micros), 0) : std::nullopt;
  }
  if (value.kind != Kind::String) return std::nullopt;
  const auto time = parse_time(value.text);
  return time ? utc_micros(time->micros, time->zone_minutes) : std::nullopt;
}

std::string python_str(Scalar value) {
  switch (value.kind) {
    case Kind::True: return "True";
    case Kind::False: return "False";
    case Kind::Number: return python_number(value.text);
    case Kind::String: return std::string(value.text);
  }
  return {};
}

bool append_guessed_binary(ColumnBuilder& column, Scalar value) {
  if (value.kind != Kind::String) return false;
  if (append_base64(column, value.text) || append_hex(column, value.text)) return true;
  column.append_bytes(value.text);
  return true;
}

/// A str is read as JSON; other values are JSON already.
bool append_parsed_json(ColumnBuilder& column, Scalar value) {
  switch (value.kind) {
    case Kind::True: column.append_bytes("true"); return true;
    case Kind::False: column.append_bytes("false"); return true;
    case Kind::Number: column.append_bytes(python_number(value.text)); return true;
    case Kind::String: break;
  }
  const auto json = compact_json(value.text, kMaxJsonDepth);
  if (json) column.append_bytes(*json);
  return json.has_value();
}

bool append_python_decimal(ColumnBuilder& column, Scalar value) {
  std::optional<std::string> number;
  if (value.kind == Kind::Number) number = value.text;
  if (value.kind == Kind::String) number = python_number_in(value.text);
  if (!number) return false;
  // Digits past the scale are rounded where the row is written; more digits than the precision fit
  // nowhere.
  const auto unscaled = exact_decimal(*number, column.type().precision, column.type().scale,
                                      DecimalDigits::RoundHalfUp);
  if (unscaled) column.append_decimal(*unscaled);
  return unscaled.has_value();
}

}  // namespace

bool Coercion::append_as_python(ColumnBuilder& column, Scalar value) {
  switch (column.type().kind) {
    case TypeKind::Boolean: column.append_boolean(python_truth(value)); return true;
    case TypeKind::Int:
    case TypeKind::Long: {
      const auto integer = python_int(value);
      return integer && append_in_range(column, *integer);
    }
    case TypeKind::Float:
    case TypeKind::Double: {
      const auto floating = python_float(value);
      if (!floating) return false;
      if (column.type().kind == TypeKind::Double)
        column.append_float64(*floating);
      else
        column.append_float32(static_cast<float>(*floating));
      return true;
    }
    case TypeKind::Decimal: return append_python_decimal(column, value);
    case TypeKind::String: column.append_bytes(python_str(value)); return true;
    case TypeKind::Json: return append_parsed_json(column, value);
    case TypeKind::Binary: return append_guessed_binary(column, value);
    case TypeKind::Date: {
      const auto day = value.kind == Kind::String ? python_date(value.text) : std::nullopt;
      if (day) column.append_int32(*day);
      return day.has_value();
    }
    case TypeKind::Timestamp: {
      const auto micros = python_timestamp(value);
      if (micros) column.append_int64(*micros);
      return micros.has_value();
    }
    default: return false;
  }
}

}  // namespace inlet::decode
