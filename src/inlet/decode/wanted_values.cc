#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/padded_text_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {

namespace ondemand = simdjson::ondemand;

Result<std::vector<std::string>> pointer_steps(std::string_view pointer) {
  if (!pointer.empty() && pointer[0] != '/') {
    return fail(
        ErrorKind::Config,
        format("JSON pointer \"{}\" has to start with / (the member issues is /issues)", pointer));
  }
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    const std::string_view escape = pointer.substr(i, 2);
    if (pointer[i] == '/') {
      steps.emplace_back();
    } else if (escape == "~0" || escape == "~1") {
      steps.back().push_back(escape == "~0" ? '~' : '/');
      ++i;
    } else {
      steps.back().push_back(pointer[i]);
    }
  }
  return steps;
}

simdjson::error_code member_name(ondemand::field& field, std::string_view& name) {
  const char* begin = field.key().raw();
  const char* end = begin;
  while (*end != '"' && *end != '\\') ++end;
  if (*end == '\\') return field.unescaped_key().get(name);
  name = {begin, static_cast<std::size_t>(end - begin)};
  return simdjson::SUCCESS;
}

Result<WantedValues> WantedValues::make(const std::vector<std::string>& pointers) {
  WantedValues wanted;
  for (std::size_t slot = 0; slot < pointers.size(); ++slot) {
    Node* node = &wanted.root_;
    for (std::string& step : TRY(pointer_steps(pointers[slot]))) {
      const auto known = std::ranges::find(node->children, step, &Node::step);
      node = known != node->children.end()
                 ? &*known
                 : &node->children.emplace_back(Node{.step = std::move(step)});
    }
    node->slots.push_back(slot);
  }
  return wanted;
}

const WantedValues::Node* WantedValues::Node::find(std::string_view name) const {
  for (const Node& child : children) {
    if (child.step == name) return &child;
  }
  return nullptr;
}

simdjson::error_code WantedValues::pick(ondemand::value value, std::vector<std::string_view>& texts,
                                        std::string_view& whole) const {
  std::ranges::fill(texts, std::string_view());
  return pick(root_, value, texts, whole);
}

simdjson::error_code WantedValues::pick(const Node& node, ondemand::value value,
                                        std::vector<std::string_view>& texts,
                                        std::string_view& whole) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  simdjson::error_code error = simdjson::SUCCESS;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    error = value.get_object().get(object);
    if (!error) error = pick_members(node, object, texts, whole);
  } else if (type == ondemand::json_type::array) {
    ondemand::array array;
    error = value.get_array().get(array);
    if (!error) error = pick_items(node, array, texts, whole);
  } else {
    whole = value.raw_json_token();
  }
  whole = trim_end(whole);
  for (const std::size_t slot : node.slots) texts[slot] = whole;
  return error;
}

simdjson::error_code WantedValues::pick_members(const Node& node, ondemand::object object,
                                                std::vector<std::string_view>& texts,
                                                std::string_view& whole) {
  if (!node.children.empty()) {
    for (auto item : object) {
      ondemand::field field;
      std::string_view name;
      if (const auto error = std::move(item).get(field)) return error;
      if (const auto error = member_name(field, name)) return error;
      const Node* child = node.find(name);
      if (child == nullptr) continue;
      clear(*child, texts);
      std::string_view part;
      if (const auto error = pick(*child, field.value(), texts, part)) return error;
    }
  }
  return object.raw_json().get(whole);
}

simdjson::error_code WantedValues::pick_items(const Node& node, ondemand::array array,
                                              std::vector<std::string_view>& texts,
                                              std::string_view& whole) {
  if (!node.children.empty()) {
    std::size_t position = 0;
    for (auto item : array) {
      ondemand::value value;
      if (const auto error = std::move(item).get(value)) return error;
      const Node* child = node.find(std::to_string(position++));
      std::string_view part;
      if (child == nullptr) continue;
      if (const auto error = pick(*child, value, texts, part)) return error;
    }
  }
  return array.raw_json().get(whole);
}

// What an earlier member of the same name has left behind.
void WantedValues::clear(const Node& node, std::vector<std::string_view>& texts) {
  for (const std::size_t slot : node.slots) texts[slot] = {};
  for (const Node& child : node.children) clear(child, texts);
}

}  // namespace inlet::decode
