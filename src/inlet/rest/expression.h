#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "inlet/rest/expression_tree.h"
#include "inlet/rest/scope.h"

namespace inlet::rest {

/// One checked expression: typed, without side effects, always ending. Immutable and shared: cheap
/// to copy, safe from any thread.
class Expression {
 public:
  /// Fails on bad syntax, an unknown name ("did you mean"), a wrong type, and a secret where the
  /// scope allows none.
  static Checked<Expression> compile(std::string_view text, const Scope& scope);

  ValueType type() const { return root_->type; }
  bool is_secret() const { return root_->is_secret; }
  /// Every name that it uses. Valid while this lives.
  std::vector<const Reference*> references() const;
  /// Fails with Config when the values are not what was declared (`int("x")`).
  Result<Json> evaluate(const Environment& environment) const;

 private:
  explicit Expression(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace inlet::rest
