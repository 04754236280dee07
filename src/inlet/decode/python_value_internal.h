#pragma once

#include <simdjson.h>

#include <string>

namespace inlet::decode {

/// Appends the value as Python's str() prints a dict or a list: `{'a': 1, 'b': None}`. Of a key
/// given twice the last value stands where the first one stood.
simdjson::error_code append_python_value(std::string& out, simdjson::ondemand::value value,
                                         int max_depth);

/// Appends the value as compact JSON text, validated, spellings kept.
simdjson::error_code append_value_text(std::string& out, simdjson::ondemand::value value,
                                       int max_depth);

}  // namespace inlet::decode
