#include <unordered_map>
#include <utility>
#include <vector>

#include "inlet/decode/json_text_internal.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/python_text.h"
#include "inlet/decode/python_value_internal.h"

namespace inlet::decode {
namespace {

using simdjson::ondemand::json_type;

simdjson::error_code append_dict(std::string& out, simdjson::ondemand::object object,
                                 int max_depth) {
  if (max_depth <= 0) return simdjson::DEPTH_ERROR;
  std::vector<std::pair<std::string, std::string>> items;
  std::unordered_map<std::string, std::size_t> positions;
  for (auto item : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(item).get(field)) return error;
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return error;
    std::string text;
    const std::string name(key);
    if (const auto error = append_python_value(text, field.value(), max_depth - 1)) return error;
    const auto [known, is_new] = positions.emplace(name, items.size());
    if (is_new) {
      items.emplace_back(name, std::move(text));
    } else {
      items[known->second].second = std::move(text);
    }
  }
  out += '{';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    out += python_repr(items[i].first) + ": " + items[i].second;
  }
  out += '}';
  return simdjson::SUCCESS;
}

simdjson::error_code append_list(std::string& out, simdjson::ondemand::array array, int max_depth) {
  if (max_depth <= 0) return simdjson::DEPTH_ERROR;
  out += '[';
  bool is_first = true;
  for (auto item : array) {
    simdjson::ondemand::value value;
    if (const auto error = std::move(item).get(value)) return error;
    if (!is_first) out += ", ";
    is_first = false;
    if (const auto error = append_python_value(out, value, max_depth - 1)) return error;
  }
  out += ']';
  return simdjson::SUCCESS;
}

}  // namespace

simdjson::error_code append_python_value(std::string& out, simdjson::ondemand::value value,
                                         int max_depth) {
  json_type type;
  if (const auto error = value.type().get(type)) return error;
  if (type == json_type::object) {
    simdjson::ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    return append_dict(out, object, max_depth);
  }
  if (type == json_type::array) {
    simdjson::ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    return append_list(out, array, max_depth);
  }
  const std::string_view token = trim_end(value.raw_json_token());
  if (type == json_type::string) {
    if (string_literal_size(token) != token.size()) return simdjson::STRING_ERROR;
    std::string_view text;
    if (const auto error = value.get_string().get(text)) return error;
    out += python_repr(text);
    return simdjson::SUCCESS;
  }
  if (!is_json_scalar(token)) return simdjson::NUMBER_ERROR;
  if (token == "null")
    out += "None";
  else if (token == "true")
    out += "True";
  else if (token == "false")
    out += "False";
  else
    out += python_number(token);
  return simdjson::SUCCESS;
}

}  // namespace inlet::decode
