#include "inlet/decode/python_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "inlet/base/format.h"
#include "inlet/decode/number_text.h"

namespace inlet::decode {

std::string python_number(std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) {
    return number == "-0" ? "0" : std::string(number);
  }
  const auto value = nearest_double(number);
  if (!value) return number.starts_with('-') ? "-inf" : "inf";
  if (*value == 0) return std::signbit(*value) ? "-0.0" : "0.0";
  std::array<char, 400> buffer;
  const auto scientific = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *value,
                                        std::chars_format::scientific);
  std::string text(buffer.data(), scientific.ptr);
  const std::size_t mark = text.find('e');
  const int exponent = std::atoi(text.c_str() + mark + 1);
  if (exponent < -4 || exponent >= 16) return text;
  const auto fixed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), *value, std::chars_format::fixed);
  text.assign(buffer.data(), fixed.ptr);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string python_repr(std::string_view utf8) {
  const bool has_single = utf8.find('\'') != std::string_view::npos;
  const char quote = has_single && utf8.find('"') == std::string_view::npos ? '"' : '\'';
  std::string text(1, quote);
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\t': text += "\\t"; break;
      case '\\': text += "\\\\"; break;
      default:
        if (byte < 0x20 || byte == 0x7F) {
          text += format("\\x{:02x}", byte);
        } else {
          if (c == quote) text += '\\';
          text += c;
        }
    }
  }
  return text + quote;
}

}  // namespace inlet::decode
