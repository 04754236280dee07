#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace inlet::decode {

__extension__ using Int128 = __int128;

/// Longer numbers are refused: no column could hold them, and reading them costs more than they are
/// worth.
inline constexpr std::size_t kMaxNumberDigits = 10'000;

enum class DecimalDigits { Exact, RoundHalfUp };

// The functions below take a number of JSON's grammar and never go through a double unless asked
// for one.

bool is_json_number(std::string_view text);

/// Digits of the mantissa, leading zeros included.
std::size_t num_digits(std::string_view number);

/// The value when it is an integer of 64 bits: `12`, `1.0`, `1e3`, but not `1.5`.
std::optional<std::int64_t> exact_integer(std::string_view number);

/// The value times 10^scale; nullopt when digits would be lost (Exact) or `precision` is not
/// enough.
std::optional<Int128> exact_decimal(std::string_view number, int precision, int scale,
                                    DecimalDigits digits);

/// The nearest value; nullopt past the greatest one, zero (with its sign) below the smallest.
std::optional<double> nearest_double(std::string_view number);
std::optional<float> nearest_float(std::string_view number);

}  // namespace inlet::decode
