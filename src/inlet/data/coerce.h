#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet {

/// How much of a value's spelling is forgiven. docs/coercion.md holds the table that the golden
/// tests follow.
enum class CoercionPolicy {
  Strict,    ///< the default: nothing is guessed
  Lenient,   ///< what people's data really holds
  Lakeflow,  ///< the Python framework's results, record by record, surprises included
};

enum class BinarySpelling { Utf8, Base64, Hex };
enum class EpochUnit { Seconds, Milliseconds, Microseconds };

/// What a table declares about values that do not say themselves what they mean. Strict looks at
/// BinarySpelling::Base64 only.
struct Spellings {
  BinarySpelling binary = BinarySpelling::Utf8;
  /// The zone of times that are written without one, in minutes east of UTC. Never the machine's
  /// own.
  std::optional<int> zone_minutes = {};
  /// What a number is as a timestamp.
  std::optional<EpochUnit> epoch = {};
  /// Dates: `YYYY`, `MM`, `DD` and separators, such as `DD.MM.YYYY`.
  std::string date_format = {};
  /// Digits past a decimal's scale are rounded (half up) instead of refused.
  bool rounds_decimals = false;
};

Result<CoercionPolicy> parse_coercion_policy(std::string_view text);
std::string_view to_text(CoercionPolicy policy);

}  // namespace inlet
