#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/rest/expression_tree.h"

namespace inlet::rest {

/// One function of the expression language: this row checks calls, runs them and documents them.
struct Function {
  std::string_view name;
  std::string_view help;
  std::vector<ValueType> arguments;
  ValueType result;
  Result<Json> (*call)(const std::vector<Json>& arguments);
  bool is_variadic = false;    ///< the last argument may come again
  bool hides_secrets = false;  ///< the result may be shown although an argument is secret
};

std::span<const Function> functions();

/// The text that a value has in a path, a query or a concatenation; times as RFC 3339.
std::string text_of(const Json& value, ValueType type);

/// Fails with Config when `text` is no RFC 3339 time.
Result<long long> parse_time_micros(std::string_view text);

}  // namespace inlet::rest
