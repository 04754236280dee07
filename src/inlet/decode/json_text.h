#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inlet::decode {

/// Appends `utf8` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view utf8);

/// The same JSON text without white space between its tokens; spellings of numbers and strings are
/// kept. Nullopt when `text` is not exactly one JSON value of at most `max_depth` levels, or not
/// UTF-8.
std::optional<std::string> compact_json(std::string_view text, int max_depth);

}  // namespace inlet::decode
