#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/rest/expression.h"

namespace inlet::rest {

/// A scalar of a connector file: text with `${expression}` in it. One that is nothing but a single
/// expression keeps the expression's type; one without any is a constant.
class Template {
 public:
  /// Fails with Config, `file:line:column: message`, the column being that of the mistake.
  static Result<Template> compile(const Document& node, const Scope& scope);

  bool is_constant() const;
  bool is_secret() const;
  ValueType type() const;
  std::vector<const Reference*> references() const;

  /// The value; JSON null when it is a single expression without value.
  Result<Json> evaluate(const Environment& environment) const;
  /// The value as text; nullopt when it has none.
  Result<std::optional<std::string>> text(const Environment& environment) const;
  /// The same for a path: what expressions yield is encoded, so that a slash or a blank in a value
  /// stays one step of the path.
  Result<std::optional<std::string>> path_text(const Environment& environment) const;
  /// "file:line:column" of the scalar.
  const std::string& where() const { return where_; }

 private:
  struct Part {
    std::string text;
    std::optional<Expression> expression;
  };
  std::vector<Part> parts_;
  Json constant_;  ///< of a template without expressions, as YAML types it
  std::string where_;
};

}  // namespace inlet::rest
