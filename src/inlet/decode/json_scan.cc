#include "inlet/decode/json_scan_internal.h"

namespace inlet::decode {

const char* skip_string(const char* at, const char* end) {
  ++at;
  const char* quote = nullptr;
  while (at < end) {
    // Looked for again only when it turned out to be escaped, so that a text is walked once however
    // many escapes it has.
    if (quote == nullptr) {
      const auto left = static_cast<std::size_t>(end - at);
      quote = static_cast<const char*>(std::memchr(at, '"', left));
      if (quote == nullptr) return nullptr;
    }
    const auto* escape =
        static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(quote - at)));
    if (escape == nullptr) return quote + 1;
    at = escape + 2;
    if (at > quote) quote = nullptr;
  }
  return nullptr;
}

const char* skip_value(const char* at, const char* end) {
  if (at == end) return nullptr;
  if (*at == '"') return skip_string(at, end);
  if (*at != '{' && *at != '[') {
    while (at != end && !is_json_space(*at) && *at != ',' && *at != ']' && *at != '}') ++at;
    return at;
  }
  std::size_t depth = 0;
  while (at < end) {
    switch (*at) {
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      case '"':
        at = skip_string(at, end);
        if (at == nullptr) return nullptr;
        continue;
      default: break;
    }
    ++at;
  }
  return nullptr;
}

}  // namespace inlet::decode
