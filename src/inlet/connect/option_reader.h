#pragma once

#include <string_view>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/connect/options.h"
#include "inlet/connect/shape.h"

namespace inlet {

/// Options as connector files declare them: `owner: string! The account.` (type, `!` when required,
/// then a sentence) or members (`type`, `required`, `default`, `help`, `example`, `choices`, `min`,
/// `max`).
Shape option_shape();

/// Reads a map of options. Fails with Config on an unknown type ("did you mean"), on a default that
/// its own type refuses, and on a required option with a default.
Result<std::vector<OptionSpec>> read_options(const Document& node);

}  // namespace inlet
