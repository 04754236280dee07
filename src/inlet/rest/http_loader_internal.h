#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlet/rest/plan.h"

namespace inlet::rest {

/// Reads `http:` of the file into `api`, whose `spec` is there already.
Status load_http(ApiPlan& api);

/// The parts that http and tables have in common; a missing node gives nothing.
Result<Assignments> load_assignments(const Document* node, const Scope& scope);
Result<std::optional<Template>> load_template(const Document* node, const Scope& scope);
Result<PaginatePlan> load_paginate(const Document& node, const Scope& scope);
std::vector<AnswerRule> load_rules(const Document* node);
std::string text_of_node(const Document* node);

}  // namespace inlet::rest
