#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/rest/check_internal.h"
#include "inlet/rest/function.h"

namespace inlet::rest {
namespace {

using enum ValueType;

bool is_numeric(ValueType type) {
  return type == Integer || type == Number || type == Any;
}
bool fits(ValueType given, ValueType expected) {
  return given == expected || given == Any || expected == Any || given == Null ||
         (given == Integer && expected == Number);
}

std::unexpected<Mistake> mistake(const Node& node, std::string message) {
  return std::unexpected(Mistake{node.position, std::move(message)});
}

ValueType type_of_constant(const Node& node) {
  if (node.type == Duration) return Duration;
  if (node.constant.is_null()) return Null;
  if (node.constant.is_boolean()) return Boolean;
  if (node.constant.is_number_integer()) return Integer;
  return node.constant.is_number() ? Number : Text;
}

Checked<void> expect_boolean(const Node& node, std::string_view use) {
  if (fits(node.type, Boolean)) return {};
  return mistake(node, format("{} needs a boolean, not {}", use, name_of(node.type)));
}

Checked<ValueType> type_of_sum(const Node& node) {
  const ValueType left = node.parts[0]->type;
  const ValueType right = node.parts[1]->type;
  if (left == Time && right == Duration) return Time;
  if (node.name == "+" && left == Duration && right == Time) return Time;
  if (node.name == "-" && left == Time && right == Time) return Duration;
  if (left == Duration && right == Duration) return Duration;
  const bool is_text = node.name == "+" && (left == Text || right == Text);
  if (is_text && left != List && right != List) return Text;
  if (is_numeric(left) && is_numeric(right)) {
    if (left == Integer && right == Integer) return Integer;
    return left == Any || right == Any ? Any : Number;
  }
  return mistake(node, format("\"{}\" takes numbers, texts or times with durations, not {} and {}",
                              node.name, name_of(left), name_of(right)));
}

Checked<ValueType> type_of_binary(const Node& node) {
  const Node& left = *node.parts[0];
  const Node& right = *node.parts[1];
  if (node.name == "and" || node.name == "or") {
    TRY(expect_boolean(left, node.name));
    TRY(expect_boolean(right, node.name));
    return Boolean;
  }
  if (node.name == "+" || node.name == "-") return type_of_sum(node);
  if (node.name == "*" || node.name == "/" || node.name == "%") {
    if (left.type == Duration && right.type == Integer) return Duration;
    if (is_numeric(left.type) && is_numeric(right.type)) {
      return left.type == Integer && right.type == Integer ? Integer : Number;
    }
    return mistake(node, format("\"{}\" takes numbers, not {} and {}", node.name,
                                name_of(left.type), name_of(right.type)));
  }
  if (!fits(left.type, right.type) && !fits(right.type, left.type)) {
    return mistake(node,
                   format("{} and {} cannot be compared", name_of(left.type), name_of(right.type)));
  }
  const bool has_order = left.type != List && left.type != Object && left.type != Boolean;
  if (!has_order && node.name != "==" && node.name != "!=") {
    return mistake(node, format("{} has no order", name_of(left.type)));
  }
  return Boolean;
}

Checked<ValueType> type_of_call(Node& node) {
  const auto known = functions();
  const auto function = std::find_if(known.begin(), known.end(),
                                     [&](const Function& f) { return f.name == node.name; });
  if (function == known.end()) {
    std::vector<std::string_view> names;
    for (const Function& candidate : known) names.push_back(candidate.name);
    return mistake(node, format("no function \"{}\"{}", node.name,
                                did_you_mean(node.name, std::span<const std::string_view>(names))));
  }
  const std::size_t expected = function->arguments.size();
  if (node.parts.size() < expected || (node.parts.size() > expected && !function->is_variadic)) {
    return mistake(node, format("{}() takes {} argument{}, not {}", node.name, expected,
                                expected == 1 ? "" : "s", node.parts.size()));
  }
  for (std::size_t i = 0; i < node.parts.size(); ++i) {
    const ValueType due = function->arguments[std::min(i, expected - 1)];
    if (!fits(node.parts[i]->type, due)) {
      return mistake(*node.parts[i], format("{}() takes {} here, not {}", node.name, name_of(due),
                                            name_of(node.parts[i]->type)));
    }
  }
  if (function->hides_secrets) node.is_secret = false;
  return function->result;
}

Checked<ValueType> type_of_conditional(const Node& node) {
  TRY(expect_boolean(*node.parts[0], "a condition"));
  const ValueType yes = node.parts[1]->type;
  const ValueType no = node.parts[2]->type;
  if (yes == no || no == Null) return yes;
  return yes == Null ? no : Any;
}

Checked<ValueType> type_of(Node& node, const Scope& scope) {
  switch (node.kind) {
    case Node::Kind::Constant: return type_of_constant(node);
    case Node::Kind::Reference: {
      const auto meaning = scope.resolve(node.reference);
      if (!meaning) return mistake(node, meaning.error());
      node.is_secret = meaning->is_secret;
      return meaning->type;
    }
    case Node::Kind::Index:
      if (fits(node.parts[0]->type, List) || fits(node.parts[0]->type, Object)) return Any;
      return mistake(node, format("{} has no items", name_of(node.parts[0]->type)));
    case Node::Kind::Unary:
      if (node.name == "not") {
        TRY(expect_boolean(*node.parts[0], "not"));
        return Boolean;
      }
      if (is_numeric(node.parts[0]->type) || node.parts[0]->type == Duration) {
        return node.parts[0]->type;
      }
      return mistake(node, format("\"-\" takes a number, not {}", name_of(node.parts[0]->type)));
    case Node::Kind::Binary: return type_of_binary(node);
    case Node::Kind::Conditional: return type_of_conditional(node);
    case Node::Kind::Call: return type_of_call(node);
  }
  return Any;
}

}  // namespace

Checked<void> check_node(Node& node, const Scope& scope) {
  for (const NodePtr& part : node.parts) {
    TRY(check_node(*part, scope));
    node.is_secret = node.is_secret || part->is_secret;
  }
  node.type = TRY(type_of(node, scope));
  return {};
}

}  // namespace inlet::rest
