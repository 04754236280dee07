#include "inlet/rest/function.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>
#include <regex>
#include <utility>

#include "inlet/base/clock.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/auth.h"
#include "inlet/rest/cursor_value.h"

namespace inlet::rest {
namespace {

using Arguments = std::vector<Json>;

const std::string& text_at(const Arguments& arguments, std::size_t position) {
  return arguments[position].get_ref<const std::string&>();
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += format("{:02x}", bytes[i]);
  return text;
}

Result<Json> coalesce(const Arguments& arguments) {
  for (const Json& argument : arguments) {
    if (!argument.is_null()) return argument;
  }
  return Json();
}

Result<Json> to_integer(const Arguments& arguments) {
  const Json& value = arguments[0];
  if (value.is_number_integer()) return value;
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  const std::string text = text_of(value, ValueType::Any);
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::Config, format("int(): \"{}\" is no integer", text));
  }
  return number;
}

Result<Json> to_string_value(const Arguments& arguments) {
  return text_of(arguments[0], ValueType::Any);
}

template <int (*Convert)(int)>
Result<Json> map_letters(const Arguments& arguments) {
  std::string text = text_at(arguments, 0);
  for (char& letter : text) {
    letter = static_cast<char>(Convert(static_cast<unsigned char>(letter)));
  }
  return text;
}

Result<Json> split(const Arguments& arguments) {
  const std::string& text = text_at(arguments, 0);
  const std::string& separator = text_at(arguments, 1);
  Json list = Json::array();
  if (separator.empty()) return fail(ErrorKind::Config, "split(): the separator is empty");
  std::size_t start = 0;
  for (auto end = text.find(separator); end != std::string::npos;
       end = text.find(separator, start)) {
    list.push_back(text.substr(start, end - start));
    start = end + separator.size();
  }
  list.push_back(text.substr(start));
  return list;
}

Result<Json> join(const Arguments& arguments) {
  std::string text;
  for (const Json& item : arguments[0]) {
    if (&item != &arguments[0].front()) text += text_at(arguments, 1);
    text += text_of(item, ValueType::Any);
  }
  return text;
}

Result<Json> matches(const Arguments& arguments) {
  try {
    return std::regex_search(text_at(arguments, 0), std::regex(text_at(arguments, 1)));
  } catch (const std::regex_error& error) {
    return fail(ErrorKind::Config,
                format("matches(): {} in \"{}\"", error.what(), text_at(arguments, 1)));
  }
}

Result<Json> length(const Arguments& arguments) {
  if (arguments[0].is_string()) return text_at(arguments, 0).size();
  return arguments[0].size();
}

Result<Json> parse_time(const Arguments& arguments) {
  return TRY(parse_time_micros(text_at(arguments, 0)));
}

Result<Json> format_time(const Arguments& arguments) {
  const CursorFormat time_format = TRY(parse_cursor_format(text_at(arguments, 1)));
  return format_micros(arguments[0].get<long long>(), time_format);
}

Result<Json> base64(const Arguments& arguments) {
  return net::base64(text_at(arguments, 0));
}

Result<Json> sha256(const Arguments& arguments) {
  const std::string& text = text_at(arguments, 0);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    return fail(ErrorKind::Bug, "SHA-256 is not to be had");
  }
  return hex(digest, size);
}

Result<Json> hmac_sha256(const Arguments& arguments) {
  const std::string& key = text_at(arguments, 0);
  const std::string& text = text_at(arguments, 1);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest,
           &size) == nullptr) {
    return fail(ErrorKind::Bug, "HMAC is not to be had");
  }
  return hex(digest, size);
}

}  // namespace

std::span<const Function> functions() {
  using enum ValueType;
  static const std::vector<Function> kFunctions = {
      {"coalesce", "The first argument that is not null.", {Any}, Any, coalesce, true},
      {"int", "The integer that a text spells.", {Any}, Integer, to_integer},
      {"string", "Any value as text.", {Any}, Text, to_string_value},
      {"lower", "The text in lower case (ASCII).", {Text}, Text, map_letters<::tolower>},
      {"upper", "The text in upper case (ASCII).", {Text}, Text, map_letters<::toupper>},
      {"split", "The parts between separators.", {Text, Text}, List, split},
      {"join", "The items with a separator between them.", {List, Text}, Text, join},
      {"matches",
       "Whether a regular expression (ECMAScript) is found.",
       {Text, Text},
       Boolean,
       matches},
      {"length", "Bytes of a text, or items of a list.", {Any}, Integer, length},
      {"parse_time", "The time that an RFC 3339 text names.", {Text}, Time, parse_time},
      {"format_time",
       "A time as rfc3339, date, epoch or epoch_ms.",
       {Time, Text},
       Any,
       format_time},
      {"base64", "RFC 4648 with padding.", {Text}, Text, base64},
      {"sha256", "SHA-256 in hex digits.", {Text}, Text, sha256},
      {"hmac_sha256",
       "HMAC-SHA-256 (key, text) in hex digits.",
       {Text, Text},
       Text,
       hmac_sha256,
       false,
       true},
  };
  return kFunctions;
}

std::string text_of(const Json& value, ValueType type) {
  if (type == ValueType::Time && value.is_number_integer()) {
    return to_rfc3339(Timestamp(std::chrono::microseconds(value.get<long long>())));
  }
  if (type == ValueType::Duration && value.is_number_integer()) {
    return std::to_string(value.get<long long>() / 1'000'000);
  }
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  return inlet::to_text(value);
}

Result<long long> parse_time_micros(std::string_view text) {
  const CursorValue value = TRY(CursorValue::parse_time(text));
  return value.micros();
}

}  // namespace inlet::rest
