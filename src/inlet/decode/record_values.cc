// How RecordReader reads values: scalars, containers, and what it refuses.

#include <unordered_map>

#include "inlet/base/format.h"
#include "inlet/decode/json_text_internal.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/python_value_internal.h"
#include "inlet/decode/record_reader_internal.h"

namespace inlet::decode {
namespace {

using simdjson::ondemand::json_type;

/// Puts `suffix` behind a path for as long as it lives.
class PathSuffix {
 public:
  PathSuffix(std::string& path, std::string_view suffix) : path_(path), size_(path.size()) {
    path_ += suffix;
  }
  ~PathSuffix() { path_.resize(size_); }
  PathSuffix(const PathSuffix&) = delete;
  PathSuffix& operator=(const PathSuffix&) = delete;

 private:
  std::string& path_;
  std::size_t size_;
};

bool is_container(json_type type) {
  return type == json_type::object || type == json_type::array;
}

}  // namespace

simdjson::error_code append_value_text(std::string& out, simdjson::ondemand::value value,
                                       int max_depth) {
  json_type type;
  if (const auto error = value.type().get(type)) return error;
  std::string_view text;
  if (type == json_type::object) {
    simdjson::ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    if (const auto error = object.raw_json().get(text)) return error;
  } else if (type == json_type::array) {
    simdjson::ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    if (const auto error = array.raw_json().get(text)) return error;
  } else {
    text = value.raw_json_token();
  }
  switch (append_compact_json(out, text, max_depth)) {
    case JsonFault::None: return simdjson::SUCCESS;
    case JsonFault::TooDeep: return simdjson::DEPTH_ERROR;
    case JsonFault::Malformed: return simdjson::TAPE_ERROR;
  }
  return simdjson::TAPE_ERROR;
}

simdjson::error_code RecordReader::read_value(Value value, PlanNode& node, ColumnBuilder& column,
                                              int depth) {
  json_type type;
  if (const auto error = value.type().get(type)) return error;
  if (type == json_type::null) {
    if (trim_end(value.raw_json_token()) != "null") return simdjson::N_ATOM_ERROR;
    column.append_null();
    return simdjson::SUCCESS;
  }
  if (is_container(type)) return read_container(value, node, column, depth);
  const bool is_wrapped =
      node.kind == TypeKind::List && coercion_.policy() != CoercionPolicy::Strict;
  if (!is_wrapped) return read_scalar(value, node, column);
  // A single value where a list is expected: the list of that value.
  if (const auto error = read_value(value, node.children[0], column.child(0), depth)) return error;
  column.end_list();
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_scalar(Value value, PlanNode& node, ColumnBuilder& column) {
  const std::string_view token = trim_end(value.raw_json_token());
  const bool is_string = token.starts_with('"');
  if (is_string ? string_literal_size(token) != token.size() : !is_json_scalar(token)) {
    return is_string ? simdjson::STRING_ERROR : simdjson::NUMBER_ERROR;
  }
  Scalar scalar{Scalar::Kind::Number, token};
  if (token == "true") scalar = {Scalar::Kind::True, {}};
  if (token == "false") scalar = {Scalar::Kind::False, {}};
  bool is_readable = true;
  if (is_string) {
    scalar.kind = Scalar::Kind::String;
    // A lone surrogate is good JSON, but no text.
    is_readable = value.get_string().get(scalar.text) == simdjson::SUCCESS;
  }
  if (node.kind == TypeKind::Json && !is_lakeflow()) {
    column.append_bytes(token);
  } else if (!is_readable || !coercion_.append(column, scalar)) {
    rescued_.add(path_, std::string(token));
    column.append_null();
  }
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_container(Value value, PlanNode& node,
                                                  ColumnBuilder& column, int depth) {
  json_type type;
  if (const auto error = value.type().get(type)) return error;
  const bool is_object = type == json_type::object;
  if (is_object && (node.kind == TypeKind::Struct || node.kind == TypeKind::Map)) {
    Object object;
    if (const auto error = value.get_object().get(object)) return error;
    if (node.kind == TypeKind::Map) return read_map(object, node, column, depth + 1);
    return read_struct(object, node, column, depth + 1);
  }
  if (!is_object && node.kind == TypeKind::List) {
    Array array;
    if (const auto error = value.get_array().get(array)) return error;
    return read_list(array, node, column, depth + 1);
  }
  if (node.kind == TypeKind::List && coercion_.policy() != CoercionPolicy::Strict) {
    if (const auto error = read_container(value, node.children[0], column.child(0), depth)) {
      return error;
    }
    column.end_list();
    return simdjson::SUCCESS;
  }
  if (node.kind == TypeKind::String || node.kind == TypeKind::Json) {
    return read_text(value, column, depth);
  }
  return refuse(value, column, depth);
}

simdjson::error_code RecordReader::refuse(Value value, ColumnBuilder& column, int depth) {
  std::string json;
  if (const auto error = append_value_text(json, value, options_.max_depth - depth)) return error;
  if (column.type().kind == TypeKind::Boolean && is_lakeflow()) {
    column.append_boolean(json != "{}" && json != "[]");
    return simdjson::SUCCESS;
  }
  rescued_.add(path_, std::move(json));
  column.append_null();
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_text(Value value, ColumnBuilder& column, int depth) {
  const bool is_python = is_lakeflow() && column.type().kind == TypeKind::String;
  std::string text;
  const auto error = is_python ? append_python_value(text, value, options_.max_depth - depth)
                               : append_value_text(text, value, options_.max_depth - depth);
  if (error == simdjson::SUCCESS) column.append_bytes(text);
  return error;
}

simdjson::error_code RecordReader::read_struct(Object object, PlanNode& node, ColumnBuilder& column,
                                               int depth) {
  const std::size_t row = column.num_rows();
  bool is_empty = false;
  if (const auto error = object.is_empty().get(is_empty)) return error;
  if (is_empty && is_lakeflow()) {
    rescued_.add(path_, "{}");
    column.append_null();
    return depth > options_.max_depth ? simdjson::DEPTH_ERROR : simdjson::SUCCESS;
  }
  if (const auto error = read_members(object, node, column.children(), depth)) return error;
  finish_members(node, column.children(), row);
  column.append_struct();
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_list(Array array, PlanNode& node, ColumnBuilder& column,
                                             int depth) {
  if (depth > options_.max_depth) return simdjson::DEPTH_ERROR;
  PlanNode& element = node.children[0];
  ColumnBuilder& elements = column.child(0);
  std::size_t position = 0;
  for (auto item : array) {
    Value value;
    if (const auto error = std::move(item).get(value)) return error;
    const PathSuffix suffix(path_, format("[{}]", position++));
    if (const auto error = read_value(value, element, elements, depth)) return error;
    if (element.is_not_null) check_present(element, elements, elements.num_rows() - 1, false);
  }
  column.end_list();
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_map(Object object, PlanNode& node, ColumnBuilder& column,
                                            int depth) {
  if (depth > options_.max_depth) return simdjson::DEPTH_ERROR;
  std::vector<std::string_view> keys;
  std::unordered_map<std::string_view, std::size_t> last_position;
  for (auto item : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(item).get(field)) return error;
    std::string_view key;
    if (const auto error = field.unescaped_key().get(key)) return error;
    last_position[key] = keys.size();
    keys.push_back(key);
  }
  num_repeated_here_ += keys.size() - last_position.size();
  std::size_t position = 0;
  if (!keys.empty()) {
    // Rows of a column cannot be taken out again, so the second walk reads only what will stay.
    if (const auto error = object.reset().error()) return error;
    for (auto item : object) {
      simdjson::ondemand::field field;
      if (const auto error = std::move(item).get(field)) return error;
      if (position == keys.size()) return simdjson::TAPE_ERROR;
      const std::string_view key = keys[position];
      const bool is_last = last_position[key] == position++;
      if (is_last) {
        if (const auto error = read_entry(field.value(), key, node, column, depth)) return error;
      } else {
        std::string ignored;
        if (const auto error =
                append_value_text(ignored, field.value(), options_.max_depth - depth)) {
          return error;
        }
      }
    }
  }
  column.end_list();
  return simdjson::SUCCESS;
}

simdjson::error_code RecordReader::read_entry(Value value, std::string_view key, PlanNode& node,
                                              ColumnBuilder& column, int depth) {
  std::string step = ".";
  step += key;
  const PathSuffix suffix(path_, step);
  if (!coercion_.append_text(column.child(0), key)) {
    std::string json;
    if (const auto error = append_value_text(json, value, options_.max_depth - depth)) {
      return error;
    }
    rescued_.add(path_, std::move(json));
    return simdjson::SUCCESS;
  }
  ColumnBuilder& values = column.child(1);
  if (const auto error = read_value(value, node.children[1], values, depth)) return error;
  if (node.children[1].is_not_null) {
    check_present(node.children[1], values, values.num_rows() - 1, false);
  }
  return simdjson::SUCCESS;
}

}  // namespace inlet::decode
