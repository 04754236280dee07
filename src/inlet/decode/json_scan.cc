#include <bit>

#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/text_scan_internal.h"

namespace inlet::decode {

const char* skip_string(const char* at, const char* end) {
  ++at;
  while (at < end) {
    if (static_cast<std::size_t>(end - at) >= kBlockBytes) {
      const std::uint32_t special = TextBlock(at).special();
      at += special == 0 ? kBlockBytes : static_cast<std::size_t>(std::countr_zero(special));
      if (special == 0) continue;
    }
    if (*at == '"') return at + 1;
    at += *at == '\\' ? 2 : 1;
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
