#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/json_text_internal.h"
#include "inlet/decode/wanted_values_internal.h"

namespace inlet::decode {

namespace {

constexpr int kMaxDepth = 1024;  // of a picked value; deeper ones count as broken

}  // namespace

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

simdjson::error_code member_name(simdjson::ondemand::field& field, std::string_view& name) {
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

/// One walk over one value. Its functions give the place past what they walked, or nullptr where
/// the text is no JSON.
class WantedValues::Walk {
 public:
  Walk(const char* end, std::vector<std::string_view>& texts) : end_(end), texts_(texts) {}

  const char* value(const Node& node, const char* at) {
    at = skip_space(at, end_);
    const bool is_nested = at != end_ && (*at == '{' || *at == '[');
    const char* past = nullptr;
    if (node.children.empty() || !is_nested) {
      past = skip_value(at, end_);
    } else {
      past = *at == '{' ? members(node, at + 1) : items(node, at + 1);
    }
    if (past == nullptr || past == at || node.slots.empty()) return past == at ? nullptr : past;
    const std::string_view text(at, static_cast<std::size_t>(past - at));
    if (!is_valid(text)) return nullptr;
    for (const std::size_t slot : node.slots) texts_[slot] = text;
    return past;
  }

 private:
  const char* members(const Node& node, const char* at) {
    at = skip_space(at, end_);
    if (at != end_ && *at == '}') return at + 1;
    while (at != end_ && *at == '"') {
      const char* const past = skip_string(at, end_);
      if (past == nullptr) return nullptr;
      const Node* child = find(node, {at, static_cast<std::size_t>(past - at)});
      at = skip_space(past, end_);
      if (at == end_ || *at != ':') return nullptr;
      at = after_one(child, at + 1);
      if (at == nullptr || at == end_) return nullptr;
      if (*at == '}') return at + 1;
      if (*at != ',') return nullptr;
      at = skip_space(at + 1, end_);
    }
    return nullptr;
  }

  const char* items(const Node& node, const char* at) {
    at = skip_space(at, end_);
    if (at != end_ && *at == ']') return at + 1;
    for (std::size_t position = 0;; ++position) {
      at = after_one(node.find(std::to_string(position)), at);
      if (at == nullptr || at == end_) return nullptr;
      if (*at == ']') return at + 1;
      if (*at != ',') return nullptr;
      ++at;
    }
  }

  // The place of the comma or bracket after one member's value or item.
  const char* after_one(const Node* child, const char* at) {
    at = skip_space(at, end_);
    if (child != nullptr) clear(*child);
    const char* past = child == nullptr ? skip_value(at, end_) : value(*child, at);
    if (past == nullptr || past == at) return nullptr;
    return skip_space(past, end_);
  }

  static const Node* find(const Node& node, std::string_view quoted) {
    const std::string_view name = quoted.substr(1, quoted.size() - 2);
    if (name.find('\\') == std::string_view::npos) return node.find(name);
    const auto parsed = parse_json(quoted);
    return parsed ? node.find(parsed->get_ref<const std::string&>()) : nullptr;
  }

  static bool is_valid(std::string_view text) {
    if (!simdjson::validate_utf8(text.data(), text.size())) return false;
    if (text.front() == '"') return string_literal_size(text) == text.size();
    if (text.front() != '{' && text.front() != '[') return is_json_scalar(text);
    std::string compact;
    return append_compact_json(compact, text, kMaxDepth) == JsonFault::None;
  }

  // What an earlier member of the same name has left behind.
  void clear(const Node& node) {
    for (const std::size_t slot : node.slots) texts_[slot] = {};
    for (const Node& child : node.children) clear(child);
  }

  const char* const end_;
  std::vector<std::string_view>& texts_;
};

const char* WantedValues::pick(const char* begin, const char* end,
                               std::vector<std::string_view>& texts) const {
  std::ranges::fill(texts, std::string_view());
  const char* const past = Walk(end, texts).value(root_, begin);
  if (past == nullptr) std::ranges::fill(texts, std::string_view());
  return past;
}

}  // namespace inlet::decode
