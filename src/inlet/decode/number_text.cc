#include "inlet/decode/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace inlet::decode {
namespace {

constexpr int kMaxPrecision = 38;
// Exponents past this change nothing: every value is then zero or too large.
constexpr std::int64_t kExponentLimit = 1'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr auto kPowersOfTen = [] {
  std::array<Int128, kMaxPrecision + 1> powers = {};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// A number taken apart: digits (a dot among them), times 10^(exponent - num_fraction).
struct Parts {
  bool is_negative = false;
  std::string_view digits;
  std::int64_t num_digits = 0;
  std::int64_t num_fraction = 0;
  std::int64_t exponent = 0;
};

std::int64_t parse_exponent(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), kExponentLimit);
  return is_negative ? -exponent : exponent;
}

Parts take_apart(std::string_view number) {
  Parts parts;
  parts.is_negative = number.starts_with('-');
  if (parts.is_negative) number.remove_prefix(1);
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  if (mark < number.size()) parts.exponent = parse_exponent(number.substr(mark + 1));
  parts.digits = number.substr(0, mark);
  const std::size_t dot = parts.digits.find('.');
  parts.num_digits = static_cast<std::int64_t>(parts.digits.size());
  if (dot != std::string_view::npos) {
    parts.num_digits -= 1;
    parts.num_fraction = static_cast<std::int64_t>(parts.digits.size() - dot - 1);
  }
  const std::size_t first = std::min(parts.digits.find_first_not_of("0."), parts.digits.size());
  const std::string_view zeros = parts.digits.substr(0, first);
  parts.num_digits -= static_cast<std::int64_t>(std::ranges::count(zeros, '0'));
  parts.digits.remove_prefix(first);
  return parts;
}

/// The first `num_kept` digits as a number; nullopt when one that is left out matters.
std::optional<Int128> leading_digits(const Parts& parts, std::int64_t num_kept,
                                     DecimalDigits rounding) {
  Int128 value = 0;
  bool rounds_up = false;
  std::int64_t index = 0;
  for (const char c : parts.digits) {
    if (c == '.') continue;
    if (index < num_kept) {
      value = value * 10 + (c - '0');
    } else if (rounding == DecimalDigits::Exact) {
      if (c != '0') return std::nullopt;
    } else if (index == num_kept) {
      rounds_up = c >= '5';
    }
    ++index;
  }
  return value + (rounds_up ? 1 : 0);
}

template <class Float>
std::optional<Float> nearest(std::string_view number) {
  Float value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec == std::errc()) {
    if (value > std::numeric_limits<Float>::max() || value < std::numeric_limits<Float>::lowest()) {
      return std::nullopt;
    }
    return value;
  }
  const Parts parts = take_apart(number);
  const std::int64_t magnitude = parts.num_digits - parts.num_fraction + parts.exponent;
  if (parts.num_digits > 0 && magnitude > 0) return std::nullopt;
  return parts.is_negative ? -Float{0} : Float{0};
}

}  // namespace

bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - start;
  };
  const std::size_t first = at;
  const std::size_t num_integer = digits();
  if (num_integer == 0 || (num_integer > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::size_t num_digits(std::string_view number) {
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  return static_cast<std::size_t>(std::ranges::count_if(mantissa, is_digit));
}

std::optional<Int128> exact_decimal(std::string_view number, int precision, int scale,
                                    DecimalDigits digits) {
  const Parts parts = take_apart(number);
  if (parts.num_digits == 0) return 0;
  const std::int64_t shift = parts.exponent - parts.num_fraction + scale;
  const std::int64_t num_kept = parts.num_digits + std::min<std::int64_t>(shift, 0);
  if (std::max(num_kept, parts.num_digits + shift) > precision) return std::nullopt;
  auto value = leading_digits(parts, num_kept, digits);
  if (!value) return std::nullopt;
  if (shift > 0) *value *= kPowersOfTen[static_cast<std::size_t>(shift)];
  // Rounding up can add a digit.
  if (*value >= kPowersOfTen[static_cast<std::size_t>(precision)]) return std::nullopt;
  return parts.is_negative ? -*value : *value;
}

std::optional<std::int64_t> exact_integer(std::string_view number) {
  const auto value = exact_decimal(number, 19, 0, DecimalDigits::Exact);
  if (!value || *value > std::numeric_limits<std::int64_t>::max() ||
      *value < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<double> nearest_double(std::string_view number) {
  return nearest<double>(number);
}

std::optional<float> nearest_float(std::string_view number) {
  return nearest<float>(number);
}

}  // namespace inlet::decode
