#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet {

/// JSON for configuration, offsets and reports. Members keep a sorted, stable order. Never for
/// records: those go through decode/, which keeps every digit.
using Json = nlohmann::json;

/// Parses one JSON text. Fails with Config, naming the byte position.
Result<Json> parse_json(std::string_view text);

/// Compact text; invalid UTF-8 is replaced rather than thrown at.
std::string to_text(const Json& value);

}  // namespace inlet
