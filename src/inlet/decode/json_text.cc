#include "inlet/decode/json_text.h"

#include <simdjson.h>

#include <cstring>

#include "inlet/base/format.h"
#include "inlet/decode/json_text_internal.h"

namespace inlet::decode {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Copies one JSON value, token by token. No view past `end_` is ever read.
class Compactor {
 public:
  Compactor(std::string_view text, std::string& out)
      : at_(text.data()), end_(at_ + text.size()), out_(out) {}

  JsonFault whole(int max_depth) {
    if (const JsonFault fault = value(max_depth); fault != JsonFault::None) return fault;
    skip_space();
    return at_ == end_ ? JsonFault::None : JsonFault::Malformed;
  }

 private:
  JsonFault value(int depth_left);
  JsonFault members(char close, int depth_left);
  JsonFault string();
  JsonFault scalar();

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    out_ += c;
    ++at_;
    return true;
  }

  const char* at_;
  const char* end_;
  std::string& out_;
};

JsonFault Compactor::value(int depth_left) {
  if (take('{')) return members('}', depth_left);
  if (take('[')) return members(']', depth_left);
  if (at_ != end_ && *at_ == '"') return string();
  return scalar();
}

JsonFault Compactor::members(char close, int depth_left) {
  if (depth_left <= 0) return JsonFault::TooDeep;
  if (take(close)) return JsonFault::None;
  do {
    skip_space();
    if (close == '}') {
      if (const JsonFault fault = string(); fault != JsonFault::None) return fault;
      if (!take(':')) return JsonFault::Malformed;
    }
    if (const JsonFault fault = value(depth_left - 1); fault != JsonFault::None) return fault;
  } while (take(','));
  return take(close) ? JsonFault::None : JsonFault::Malformed;
}

JsonFault Compactor::string() {
  const std::size_t size = string_literal_size({at_, static_cast<std::size_t>(end_ - at_)});
  if (size == 0) return JsonFault::Malformed;
  out_.append(at_, size);
  at_ += size;
  return JsonFault::None;
}

JsonFault Compactor::scalar() {
  const char* const begin = at_;
  while (at_ != end_ && !is_space(*at_) && std::strchr(",]}", *at_) == nullptr) ++at_;
  const std::string_view token(begin, static_cast<std::size_t>(at_ - begin));
  if (!is_json_scalar(token)) return JsonFault::Malformed;
  out_ += token;
  return JsonFault::None;
}

}  // namespace

bool is_json_scalar(std::string_view token) {
  return token == "null" || token == "true" || token == "false" || is_json_number(token);
}

std::size_t string_literal_size(std::string_view text) {
  if (!text.starts_with('"')) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (static_cast<unsigned char>(text[i]) < 0x20) return 0;
    if (text[i] != '\\') continue;
    if (++i == text.size()) return 0;
    if (text[i] == 'u') {
      if (text.size() - i < 5) return 0;
      for (int k = 0; k < 4; ++k) {
        if (!is_hex(text[++i])) return 0;
      }
    } else if (std::string_view("\"\\/bfnrt").find(text[i]) == std::string_view::npos) {
      return 0;
    }
  }
  return 0;
}

JsonFault append_compact_json(std::string& out, std::string_view text, int max_depth) {
  return Compactor(text, out).whole(max_depth);
}

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  for (const char c : utf8) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += format("\\u{:04x}", static_cast<int>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

std::optional<std::string> compact_json(std::string_view text, int max_depth) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return std::nullopt;
  std::string out;
  if (append_compact_json(out, text, max_depth) != JsonFault::None) return std::nullopt;
  return out;
}

}  // namespace inlet::decode
