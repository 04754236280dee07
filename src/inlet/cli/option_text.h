#pragma once

#include <string>

#include "inlet/connect/options.h"

namespace inlet::cli {

/// An option's type for people: `duration`, `one of: a, b`, with its range.
std::string type_text(const OptionSpec& spec);
/// Its default; `required` or an empty text where it has none.
std::string default_text(const OptionSpec& spec);

}  // namespace inlet::cli
