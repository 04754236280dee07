#pragma once

#include "inlet/rest/expression_tree.h"
#include "inlet/rest/scope.h"

namespace inlet::rest {

/// Finds the type of every node and whether it holds a secret.
Checked<void> check_node(Node& node, const Scope& scope);
/// The value of a checked node.
Result<Json> evaluate_node(const Node& node, const Environment& environment);

}  // namespace inlet::rest
