#include <algorithm>
#include <limits>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/rest/check_internal.h"
#include "inlet/rest/expression.h"
#include "inlet/rest/function.h"

namespace inlet::rest {
namespace {

bool is_true(const Json& value) {
  return value.is_boolean() && value.get<bool>();
}

Result<Json> whole_arithmetic(std::string_view name, long long left, long long right) {
  long long result = 0;
  bool overflows = false;
  if (name == "+") {
    overflows = __builtin_add_overflow(left, right, &result);
  } else if (name == "-") {
    overflows = __builtin_sub_overflow(left, right, &result);
  } else if (name == "*") {
    overflows = __builtin_mul_overflow(left, right, &result);
  } else {
    if (right == 0) return fail(ErrorKind::Config, format("{} {} 0 has no value", left, name));
    overflows = left == std::numeric_limits<long long>::min() && right == -1;
    if (!overflows) result = name == "/" ? left / right : left % right;
  }
  if (overflows) {
    return fail(ErrorKind::Config, format("{} {} {} is too large", left, name, right));
  }
  return result;
}

Result<Json> arithmetic(const Node& node, const Json& left, const Json& right) {
  if (node.type == ValueType::Text || left.is_string() || right.is_string()) {
    return text_of(left, node.parts[0]->type) + text_of(right, node.parts[1]->type);
  }
  if (left.is_null() || right.is_null()) return Json();
  if (left.is_number_integer() && right.is_number_integer()) {
    return whole_arithmetic(node.name, left.get<long long>(), right.get<long long>());
  }
  if (!left.is_number() || !right.is_number()) {
    return fail(ErrorKind::Config, format("\"{}\" takes numbers, not {} and {}", node.name,
                                          to_text(left), to_text(right)));
  }
  const double a = left.get<double>();
  const double b = right.get<double>();
  if (node.name == "+") return a + b;
  if (node.name == "-") return a - b;
  if (node.name == "*") return a * b;
  if (b == 0 || node.name == "%") {
    return fail(ErrorKind::Config, format("{} {} {} has no value", a, node.name, b));
  }
  return a / b;
}

// With null every order is false.
Json compare(std::string_view name, const Json& left, const Json& right) {
  if (name == "==") return left == right;
  if (name == "!=") return left != right;
  if (left.is_null() || right.is_null()) return false;
  if (name == "<") return left < right;
  if (name == "<=") return left <= right;
  if (name == ">") return left > right;
  return left >= right;
}

Result<Json> evaluate_binary(const Node& node, const Environment& environment) {
  const Json left = TRY(evaluate_node(*node.parts[0], environment));
  if (node.name == "and" && !is_true(left)) return false;
  if (node.name == "or" && is_true(left)) return true;
  const Json right = TRY(evaluate_node(*node.parts[1], environment));
  if (node.name == "and" || node.name == "or") return is_true(right);
  const bool is_arithmetic = node.name.size() == 1 && node.name != "<" && node.name != ">";
  if (is_arithmetic) return arithmetic(node, left, right);
  return compare(node.name, left, right);
}

Json item_of(const Json& value, const Json& index) {
  if (value.is_object() && index.is_string()) return value.value(index.get<std::string>(), Json());
  if (!value.is_array() || !index.is_number_integer()) return nullptr;
  const auto size = static_cast<long long>(value.size());
  const auto at = index.get<long long>();
  const long long position = at < 0 ? size + at : at;
  if (position < 0 || position >= size) return nullptr;
  return value[static_cast<std::size_t>(position)];
}

Result<Json> evaluate_call(const Node& node, const Environment& environment) {
  const auto known = functions();
  const auto function = std::find_if(known.begin(), known.end(),
                                     [&](const Function& f) { return f.name == node.name; });
  std::vector<Json> arguments;
  bool has_null = false;
  for (std::size_t i = 0; i < node.parts.size(); ++i) {
    Json value = TRY(evaluate_node(*node.parts[i], environment));
    const ValueType due = function->arguments[std::min(i, function->arguments.size() - 1)];
    has_null = has_null || (value.is_null() && due != ValueType::Any);
    const bool is_wrong = (due == ValueType::Text && !value.is_string()) ||
                          (due == ValueType::List && !value.is_array()) ||
                          (due == ValueType::Time && !value.is_number_integer());
    if (is_wrong && !value.is_null()) {
      return fail(ErrorKind::Config, format("{}() takes {}, not {}", node.name, name_of(due),
                                            to_text(value).substr(0, 40)));
    }
    const bool is_time_as_text = node.name == "string" || due == ValueType::Text;
    if (is_time_as_text && node.parts[i]->type == ValueType::Time) {
      value = text_of(value, ValueType::Time);
    }
    arguments.push_back(std::move(value));
  }
  if (has_null) return Json();
  return function->call(arguments);
}

void collect(const Node& node, std::vector<const Reference*>& references) {
  if (node.kind == Node::Kind::Reference) references.push_back(&node.reference);
  for (const NodePtr& part : node.parts) collect(*part, references);
}

}  // namespace

Result<Json> evaluate_node(const Node& node, const Environment& environment) {
  switch (node.kind) {
    case Node::Kind::Constant: return node.constant;
    case Node::Kind::Reference: return environment.look_up(node.reference);
    case Node::Kind::Binary: return evaluate_binary(node, environment);
    case Node::Kind::Call: return evaluate_call(node, environment);
    case Node::Kind::Index: {
      const Json value = TRY(evaluate_node(*node.parts[0], environment));
      return item_of(value, TRY(evaluate_node(*node.parts[1], environment)));
    }
    case Node::Kind::Conditional: {
      const bool is_met = is_true(TRY(evaluate_node(*node.parts[0], environment)));
      return evaluate_node(*node.parts[is_met ? 1 : 2], environment);
    }
    case Node::Kind::Unary: {
      Json value = TRY(evaluate_node(*node.parts[0], environment));
      if (node.name == "not") return !is_true(value);
      if (value.is_null()) return value;
      if (value.is_number_integer()) return whole_arithmetic("-", 0, value.get<long long>());
      if (value.is_number()) return -value.get<double>();
      return fail(ErrorKind::Config, format("\"-\" takes a number, not {}", to_text(value)));
    }
  }
  return Json();
}

Checked<Expression> Expression::compile(std::string_view text, const Scope& scope) {
  NodePtr root = TRY(parse_expression(text));
  TRY(check_node(*root, scope));
  return Expression(std::shared_ptr<const Node>(std::move(root)));
}

std::vector<const Reference*> Expression::references() const {
  std::vector<const Reference*> references;
  collect(*root_, references);
  return references;
}

Result<Json> Expression::evaluate(const Environment& environment) const {
  return evaluate_node(*root_, environment);
}

}  // namespace inlet::rest
