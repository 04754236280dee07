#pragma once

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

Result<CoercionPolicy> parse_coercion_policy(std::string_view text);
std::string_view to_text(CoercionPolicy policy);

}  // namespace inlet
