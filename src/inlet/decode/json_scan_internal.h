#pragma once

namespace inlet::decode {

// Walking JSON text without checking it: only strings and brackets are told apart. `end` is never
// read.

inline bool is_json_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

inline const char* skip_space(const char* at, const char* end) {
  while (at != end && is_json_space(*at)) ++at;
  return at;
}

/// `at` is a quote. The place past the closing one; nullptr when the text ends before.
const char* skip_string(const char* at, const char* end);

/// The place past the value that starts at `at` (no space before it); nullptr when the text ends
/// inside of it. A scalar ends where a comma, a bracket or space is; `at` itself when there is
/// none.
const char* skip_value(const char* at, const char* end);

}  // namespace inlet::decode
