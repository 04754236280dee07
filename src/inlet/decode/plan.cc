#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_text.h"
#include "inlet/decode/plan_internal.h"

namespace inlet::decode {
namespace {

PlanNode plan_of(const Field& field) {
  PlanNode node;
  node.name = field.name;
  node.kind = field.type.kind;
  node.type_text = to_text(field.type);
  node.is_not_null = !field.is_nullable;
  append_json_string(node.quoted, field.name);
  for (const Field& child : field.type.fields) node.children.push_back(plan_of(child));
  node.next.assign(node.children.size() + 1, 0);
  for (std::uint32_t i = 0; i < node.children.size(); ++i) node.next[i] = i;
  return node;
}

/// Marks the member at `path` and the structs on the way to it; a name with a dot in it is matched
/// whole first.
bool mark_key(PlanNode& node, std::string_view path) {
  for (PlanNode& child : node.children) {
    if (child.name == path) return child.is_key = true;
  }
  for (PlanNode& child : node.children) {
    const std::size_t size = child.name.size();
    const bool is_on_the_way = child.kind == TypeKind::Struct && path.size() > size &&
                               path.starts_with(child.name) && path[size] == '.';
    if (is_on_the_way && mark_key(child, path.substr(size + 1))) return child.is_key = true;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> PlanNode::find(std::string_view member,
                                          std::optional<std::size_t> previous) {
  std::uint32_t& expected = next[previous ? *previous + 1 : 0];
  if (expected < children.size() && children[expected].name == member) return expected;
  for (std::uint32_t i = 0; i < children.size(); ++i) {
    if (children[i].name == member) return expected = i;
  }
  return std::nullopt;
}

Result<PlanNode> make_plan(const Schema& schema, const std::vector<std::string>& keys) {
  TRY(validate(schema));
  PlanNode root = plan_of({.name = "", .type = Type::structure(schema.fields)});
  for (const std::string& key : keys) {
    if (mark_key(root, key)) continue;
    std::vector<std::string_view> names;
    for (const Field& field : schema.fields) names.push_back(field.name);
    return fail(ErrorKind::Config,
                format("key {} is not a column of the schema{}", key, did_you_mean(key, names)));
  }
  return root;
}

}  // namespace inlet::decode
