#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "inlet/decode/number_text.h"

namespace inlet::decode {

enum class JsonFault { None, Malformed, TooDeep };

/// Appends the one JSON value that `text` is, without white space between its tokens. On a fault
/// `out` has been appended to, too. UTF-8 is not checked.
JsonFault append_compact_json(std::string& out, std::string_view text, int max_depth);

/// Bytes of the JSON string that `text` starts with, quotes included; 0 when there is none.
/// Surrogates may be alone.
std::size_t string_literal_size(std::string_view text);

/// null, true, false or a number.
bool is_json_scalar(std::string_view token);

}  // namespace inlet::decode
