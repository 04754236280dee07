// FastRecord's walk over objects and lists. On anything unexpected every function returns nullptr.

#include <algorithm>
#include <cstring>
#include <utility>

#include "inlet/decode/fast_record_internal.h"
#include "inlet/decode/json_scan_internal.h"
#include "inlet/decode/json_text_internal.h"

namespace inlet::decode {
namespace {

int levels_of(const PlanNode& plan) {
  int deepest = 0;
  for (const PlanNode& child : plan.children) deepest = std::max(deepest, levels_of(child));
  return deepest + (plan.children.empty() ? 0 : 1);
}

}  // namespace

FastRecord::Node::Node(const PlanNode& plan, ColumnBuilder* column_builder, std::string node_path)
    : text(plan.quoted + ":"),
      path(std::move(node_path)),
      kind(plan.kind),
      is_required(plan.is_key || plan.is_not_null),
      column(column_builder) {}

void FastRecord::Node::add_children(const PlanNode& plan, std::span<ColumnBuilder> columns) {
  for (std::size_t i = 0; i < plan.children.size(); ++i) {
    const PlanNode& child = plan.children[i];
    const std::string prefix = path.empty() || path == "." ? "" : path + ".";
    const bool has_path = plan.kind == TypeKind::Struct && !path.empty() && child.name != ".";
    children.emplace_back(child, &columns[i], has_path ? prefix + child.name : "");
    children.back().depth = depth + 1;
    children.back().add_children(child, columns[i].children());
    next.push_back(static_cast<std::uint32_t>(i));
  }
  if (!next.empty()) next.push_back(next.back());
}

FastRecord::FastRecord(const PlanNode& plan, std::span<ColumnBuilder> columns, Coercion& coercion,
                       int max_depth)
    : is_usable_(coercion.policy() != CoercionPolicy::Lakeflow && levels_of(plan) <= max_depth),
      root_(plan, nullptr, "."),
      coercion_(coercion),
      max_depth_(max_depth) {
  root_.add_children(plan, columns);
  bind(root_);
}

void FastRecord::bind(Node& node) {
  // Only now does nothing move any more.
  node.pattern = TextPattern(node.text.data(), node.text.size());
  for (Node& child : node.children) bind(child);
}

const char* FastRecord::read(Place place, std::span<const AddedCell> added,
                             std::span<ColumnBuilder* const> added_columns) {
  end_ = place.end;
  ends_with_line_ = place.ends_with_line;
  row_ = place.row;
  rescued_.clear();
  // Before the members: one of the same name then finds its column filled, and the record is left
  // to RecordReader.
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (added[i].is_null() || !added[i].append_to(*added_columns[i], coercion_)) return nullptr;
  }
  num_filled_ = added.size();
  if (place.begin == end_ || *place.begin != '{') return nullptr;
  return read_members(place.begin + 1, root_);
}

const char* FastRecord::text_end(const char* at) const {
  if (!ends_with_line_) return end_;
  const void* const line_feed = std::memchr(at, '\n', left(at));
  return line_feed == nullptr ? end_ : static_cast<const char*>(line_feed);
}

const char* FastRecord::skip_space(const char* at) const {
  while (at != end_ && is_json_space(*at) && !(ends_with_line_ && *at == '\n')) ++at;
  return at;
}

const char* FastRecord::read_members(const char* at, Node& node) {
  std::size_t num_missing = node.children.size() - std::exchange(num_filled_, 0);
  const std::size_t row = node.column != nullptr ? node.column->num_rows() : row_;
  at = skip_space(at);
  if (at == end_) return nullptr;
  if (*at == '}') return num_missing == 0 || fill_missing(node, row) ? at + 1 : nullptr;
  for (std::size_t previous = 0;;) {
    Node* const member = node.children.empty() ? nullptr : find_member(at, node, previous);
    if (member == nullptr) {
      at = read_unknown(at, node);
    } else {
      if (member->column->num_rows() != row) return nullptr;
      previous = static_cast<std::size_t>(member - node.children.data()) + 1;
      --num_missing;
      at = skip_space(at + member->text.size());
      if (at != end_) at = read_value(at, *member);
    }
    if (at == nullptr) return nullptr;
    at = skip_space(at);
    if (at == end_) return nullptr;
    if (*at == '}') break;
    if (*at != ',') return nullptr;
    at = skip_space(at + 1);
  }
  if (num_missing != 0 && !fill_missing(node, row)) return nullptr;
  return at + 1;
}

bool FastRecord::fill_missing(Node& node, std::size_t row) {
  for (Node& child : node.children) {
    if (child.column->num_rows() != row) continue;
    if (child.is_required) return false;
    child.column->append_null();
  }
  return true;
}

FastRecord::Node* FastRecord::find_member(const char* at, Node& node, std::size_t previous) {
  std::uint32_t& expected = node.next[previous];
  if (node.children[expected].pattern.matches(at, end_)) [[likely]]
    return &node.children[expected];
  // Sources leave members out more often than they change their order.
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const std::size_t candidate = (previous + i) % node.children.size();
    if (!node.children[candidate].pattern.matches(at, end_)) continue;
    expected = static_cast<std::uint32_t>(candidate);
    return &node.children[candidate];
  }
  return nullptr;
}

const char* FastRecord::read_unknown(const char* at, const Node& node) {
  if (node.path.empty() || *at != '"') return nullptr;
  const char* const past_name = find_special(at + 1, end_);
  if (past_name == end_ || *past_name != '"') return nullptr;
  const std::string_view name(at + 1, static_cast<std::size_t>(past_name - at - 1));
  for (const Node& child : node.children) {
    // Known after all: a colon that does not follow at once.
    if (child.text.size() == name.size() + 3 && child.text.compare(1, name.size(), name) == 0) {
      return nullptr;
    }
  }
  std::string path = node.path == "." ? std::string(name) : node.path + "." + std::string(name);
  if (!rescued_.find(path).empty()) return nullptr;
  const char* value = skip_space(past_name + 1);
  if (value == end_ || *value != ':') return nullptr;
  value = skip_space(value + 1);
  const char* const past = value == end_ ? nullptr : skip_value(value, text_end(value));
  if (past == nullptr) return nullptr;
  const std::string_view text(value, static_cast<std::size_t>(past - value));
  std::string json;
  if (append_compact_json(json, text, max_depth_ - node.depth) != JsonFault::None) return nullptr;
  rescued_.add(std::move(path), std::move(json));
  return past;
}

const char* FastRecord::read_list(const char* at, Node& node) {
  Node& element = node.children.front();
  at = skip_space(at + 1);
  if (at == end_) return nullptr;
  if (*at != ']') {
    for (;;) {
      at = read_value(at, element);
      if (at == nullptr) return nullptr;
      at = skip_space(at);
      if (at == end_) return nullptr;
      if (*at == ']') break;
      if (*at != ',') return nullptr;
      at = skip_space(at + 1);
      if (at == end_) return nullptr;
    }
  }
  node.column->end_list();
  return at + 1;
}

}  // namespace inlet::decode
