// FastRecord's values. Everything that is not plainly of the column's kind returns nullptr.

#include <cstring>

#include "inlet/decode/fast_record_internal.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/json_text_internal.h"
#include "inlet/decode/time_text.h"

namespace inlet::decode {
namespace {

// More digits than these may not fit into 64 bits.
constexpr std::ptrdiff_t kMaxPlainDigits = 18;

bool is_digit(char c) {
  return static_cast<unsigned>(c - '0') < 10U;
}

bool starts_with(const char* at, std::size_t num_left, std::string_view text) {
  return num_left >= text.size() && std::memcmp(at, text.data(), text.size()) == 0;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The four hex digits at `at`, or -1.
int code_unit(const char* at) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_value(at[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

char* append_utf8(char* out, int code_point) {
  const auto c = static_cast<unsigned>(code_point);
  const auto tail = [](unsigned bits) { return static_cast<char>(0x80U | (bits & 0x3FU)); };
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xC0U | c >> 6);
    *out++ = tail(c);
  } else if (c < 0x10000) {
    *out++ = static_cast<char>(0xE0U | c >> 12);
    *out++ = tail(c >> 6);
    *out++ = tail(c);
  } else {
    *out++ = static_cast<char>(0xF0U | c >> 18);
    *out++ = tail(c >> 12);
    *out++ = tail(c >> 6);
    *out++ = tail(c);
  }
  return out;
}

/// An escape's text: `at` is past the backslash and moves past the escape. `out` moves; false for a
/// bad one.
bool read_escape(const char*& at, char*& out) {
  const char kind = *at++;
  switch (kind) {
    case '"':
    case '\\':
    case '/': *out++ = kind; return true;
    case 'b': *out++ = '\b'; return true;
    case 'f': *out++ = '\f'; return true;
    case 'n': *out++ = '\n'; return true;
    case 'r': *out++ = '\r'; return true;
    case 't': *out++ = '\t'; return true;
    case 'u': break;
    default: return false;
  }
  // The closing quote stops these reads, since it is no hex digit.
  const int first = code_unit(at);
  if (first < 0) return false;
  at += 4;
  if (first < 0xD800 || first > 0xDFFF) {
    out = append_utf8(out, first);
    return true;
  }
  if (first > 0xDBFF || at[0] != '\\' || at[1] != 'u') return false;
  const int second = code_unit(at + 2);
  if (second < 0xDC00 || second > 0xDFFF) return false;
  at += 6;
  out = append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
  return true;
}

int two_digits(const char* at) {
  return (at[0] - '0') * 10 + (at[1] - '0');
}

/// True for `dddd-dd-ddTdd:dd:ddZ"`, which is how almost every API writes a time.
bool is_plain_time(const char* at) {
  constexpr char kShape[] = "0000-00-00T00:00:00Z\"";
  unsigned difference = 0;
  for (std::size_t i = 0; i < sizeof(kShape) - 1; ++i) {
    const bool is_right = kShape[i] == '0' ? is_digit(at[i]) : at[i] == kShape[i];
    difference |= static_cast<unsigned>(!is_right);
  }
  return difference == 0;
}

}  // namespace

const char* FastRecord::read_value(const char* at, Node& node) {
  if (*at == 'n') return read_null(at, node);
  switch (node.kind) {
    case TypeKind::String: return read_text(at, node);
    case TypeKind::Long:
    case TypeKind::Int: return read_integer(at, node);
    case TypeKind::Timestamp: return read_timestamp(at, node);
    case TypeKind::Boolean: return read_boolean(at, node);
    case TypeKind::Struct: {
      if (*at != '{') return nullptr;
      const char* const past = read_members(at + 1, node);
      if (past != nullptr) node.column->append_struct();
      return past;
    }
    case TypeKind::List: return *at == '[' ? read_list(at, node) : nullptr;
    case TypeKind::Date:
    case TypeKind::Binary: return read_plain_string(at, node);
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal: return read_number(at, node);
    case TypeKind::Json: return read_json(at, node);
    case TypeKind::Map: return nullptr;
  }
  return nullptr;
}

const char* FastRecord::read_null(const char* at, Node& node) {
  if (node.is_required || !starts_with(at, left(at), "null")) return nullptr;
  node.column->append_null();
  return at + 4;
}

const char* FastRecord::read_boolean(const char* at, Node& node) {
  if (starts_with(at, left(at), "true")) {
    node.column->append_boolean(true);
    return at + 4;
  }
  if (!starts_with(at, left(at), "false")) return nullptr;
  node.column->append_boolean(false);
  return at + 5;
}

const char* FastRecord::read_integer(const char* at, Node& node) {
  const char* const begin = at;
  if (*at == '-') ++at;
  const char* const digits = at;
  std::uint64_t magnitude = 0;
  for (; at != end_ && is_digit(*at); ++at) {
    magnitude = magnitude * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  const std::ptrdiff_t num_digits = at - digits;
  const bool is_plain = num_digits > 0 && num_digits <= kMaxPlainDigits && at != end_ &&
                        (*digits != '0' || num_digits == 1) && *at != '.' && (*at | 0x20) != 'e';
  if (!is_plain) return read_number(begin, node);
  const auto positive = static_cast<std::int64_t>(magnitude);
  const std::int64_t value = *begin == '-' ? -positive : positive;
  if (node.kind == TypeKind::Long) {
    node.column->append_int64(value);
    return at;
  }
  if (value != static_cast<std::int32_t>(value)) return nullptr;
  node.column->append_int32(static_cast<std::int32_t>(value));
  return at;
}

const char* FastRecord::read_number(const char* at, Node& node) {
  const char* past = at;
  while (past != end_ && (is_digit(*past) || *past == '-' || *past == '+' || *past == '.' ||
                          (*past | 0x20) == 'e')) {
    ++past;
  }
  const std::string_view number(at, static_cast<std::size_t>(past - at));
  if (!is_json_number(number)) return nullptr;
  return coercion_.append(*node.column, {Scalar::Kind::Number, number}) ? past : nullptr;
}

const char* FastRecord::read_json(const char* at, Node& node) {
  const char* const past = skip_value(at, text_end(at));
  if (past == nullptr) return nullptr;
  const std::string_view text(at, static_cast<std::size_t>(past - at));
  json_.clear();
  if (append_compact_json(json_, text, max_depth_ - node.depth + 1) != JsonFault::None) {
    return nullptr;
  }
  node.column->append_bytes(json_);
  return past;
}

const char* FastRecord::read_plain_string(const char* at, Node& node) {
  if (*at != '"') return nullptr;
  const char* const past = find_special(at + 1, end_);
  if (past == end_ || *past != '"') return nullptr;
  const std::string_view text(at + 1, static_cast<std::size_t>(past - at - 1));
  return coercion_.append(*node.column, {Scalar::Kind::String, text}) ? past + 1 : nullptr;
}

const char* FastRecord::read_timestamp(const char* at, Node& node) {
  if (*at != '"') return nullptr;
  if (left(at) < kBlockBytes || !is_plain_time(at + 1)) return read_plain_string(at, node);
  const char* const time = at + 1;
  const auto day = days_of(two_digits(time) * 100 + two_digits(time + 2), two_digits(time + 5),
                           two_digits(time + 8));
  const int hour = two_digits(time + 11);
  const int minute = two_digits(time + 14);
  const int second = two_digits(time + 17);
  if (!day || hour > 23 || minute > 59 || second > 59) return nullptr;
  const std::int64_t seconds = *day * std::int64_t{86'400} + hour * 3600 + minute * 60 + second;
  node.column->append_int64(seconds * 1'000'000);
  return time + 21;
}

const char* FastRecord::read_text(const char* at, Node& node) {
  if (*at != '"') return nullptr;
  const char* const begin = ++at;
  if (left(at) >= kBlockBytes) [[likely]] {
    // Most texts end within the first block: one load, one store.
    const TextBlock block(at);
    const std::uint32_t special = block.special();
    const int size = std::countr_zero(special);
    if (special != 0 && at[size] == '"') {
      block.copy_to(node.column->reserve_bytes(kBlockBytes));
      node.column->commit_bytes(static_cast<std::size_t>(size));
      return at + size + 1;
    }
  }
  at = find_special(at, end_);
  if (at == end_) return nullptr;
  if (*at == '\\') return read_escaped(begin, at, node);
  if (*at != '"') return nullptr;
  node.column->append_bytes({begin, static_cast<std::size_t>(at - begin)});
  return at + 1;
}

const char* FastRecord::read_escaped(const char* begin, const char* escape, Node& node) {
  const char* const past = skip_string(begin - 1, text_end(begin));
  if (past == nullptr) return nullptr;
  const char* const quote = past - 1;
  // The text is never longer than its spelling; blocks are stored whole.
  char* const text =
      node.column->reserve_bytes(static_cast<std::size_t>(quote - begin) + kBlockBytes);
  char* out = text;
  const char* at = begin;
  while (true) {
    const auto size = static_cast<std::size_t>(escape - at);
    std::memcpy(out, at, size);
    out += size;
    at = escape;
    if (at == quote) break;
    if (*at != '\\') return nullptr;
    ++at;
    if (!read_escape(at, out)) return nullptr;
    escape = find_special(at, quote);
  }
  node.column->commit_bytes(static_cast<std::size_t>(out - text));
  return past;
}

}  // namespace inlet::decode
