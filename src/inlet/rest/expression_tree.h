#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/base/json.h"

namespace inlet::rest {

/// What an expression yields. At run time values are JSON; times and durations are microseconds.
enum class ValueType { Any, Null, Boolean, Integer, Number, Text, Time, Duration, List, Object };

std::string_view name_of(ValueType type);

/// A step into a value: a member or an item.
using Step = std::variant<std::string, long long>;

/// A name and the steps behind it: `response.meta.next[0]`.
struct Reference {
  std::string root;
  std::vector<Step> steps;
};
/// The steps as a JSON pointer (RFC 6901).
std::string to_pointer(const Reference& reference);
/// As it is written: `response.meta.next[0]`.
std::string spelling_of(const Reference& reference);

/// One node of a parsed expression. `type` and `is_secret` are set by the check.
struct Node {
  enum class Kind { Constant, Reference, Index, Unary, Binary, Conditional, Call };

  Kind kind = Kind::Constant;
  std::size_t position = 0;  ///< of its first byte in the expression's text
  std::string name = {};     ///< the operator or the function
  Json constant = {};
  Reference reference = {};
  std::vector<std::unique_ptr<Node>> parts = {};
  ValueType type = ValueType::Any;
  bool is_secret = false;
};
using NodePtr = std::unique_ptr<Node>;

/// A mistake in an expression: where, and what. The holder of the file turns it into
/// `file:line:column: message`.
struct Mistake {
  std::size_t position = 0;
  std::string message;
};
template <class T>
using Checked = std::expected<T, Mistake>;

/// Grammar, loosest first: `a ? b : c`, `or`, `and`, `not`, `== != < <= > >=`, `+ -`, `* / %`,
/// unary `-`, `.member` and `[index]`; literals: numbers, durations (`5m`), texts in ' or ", true,
/// false, null.
Checked<NodePtr> parse_expression(std::string_view text);

}  // namespace inlet::rest
