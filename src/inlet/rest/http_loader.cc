#include <array>
#include <charconv>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/rest/http_loader_internal.h"

namespace inlet::rest {
namespace {

using Kind = PaginatePlan::Kind;

long long whole_of(const Document* node, long long fallback) {
  if (node == nullptr) return fallback;
  const auto value = node->as_integer();
  return value ? *value : fallback;  // the shape was checked
}

Result<AuthPlan> load_auth_method(const Document& node, const Scope& scope) {
  if (node.members().size() != 1) {
    return std::unexpected(node.error("auth is one of: bearer, basic, header, query"));
  }
  const auto& [name, value] = node.members()[0];
  AuthPlan auth;
  if (name == "bearer") {
    auth.value = TRY(Template::compile(value, scope));
    return auth;
  }
  auth.name = text_of_node(value.find("name"));
  auth.prefix = text_of_node(value.find("prefix"));
  auth.user = TRY(load_template(value.find("user"), scope));
  auth.value = TRY(load_template(value.find(name == "basic" ? "password" : "value"), scope));
  auth.kind = name == "basic"    ? AuthPlan::Kind::Basic
              : name == "header" ? AuthPlan::Kind::Header
                                 : AuthPlan::Kind::Query;
  return auth;
}

Result<std::vector<AuthPlan>> load_auth(const Document* node, const ApiPlan& api) {
  std::vector<AuthPlan> methods;
  if (node == nullptr) return methods;
  const Scope scope{.whose = "the connection",
                    .connection = api.spec.connection,
                    .built_ins = {.allows_secrets = true}};
  if (node->is_map()) methods.push_back(TRY(load_auth_method(*node, scope)));
  for (const Document& item : node->items()) methods.push_back(TRY(load_auth_method(item, scope)));
  return methods;
}

Status load_limit(const Document* node, net::RetryPolicy& policy) {
  if (node == nullptr) return {};
  policy.rate_limit.remaining = text_of_node(node->find("remaining"));
  policy.rate_limit.reset_epoch = text_of_node(node->find("reset_epoch"));
  policy.budget_requests = static_cast<std::uint32_t>(whole_of(node->find("requests"), 0));
  if (const Document* interval = node->find("interval")) {
    const auto duration = parse_duration(interval->text());
    if (!duration) return std::unexpected(interval->error(duration.error().message));
    policy.budget_interval = *duration;
  }
  return {};
}

Status load_page_size(const Document& node, PaginatePlan& plan) {
  const Document* size = node.find("page_size");
  if (size == nullptr) return {};
  plan.size_param = text_of_node(size->find("param"));
  plan.default_size = whole_of(size->find("default"), 0);
  plan.max_size = whole_of(size->find("max"), 0);
  if (plan.default_size < 1) return std::unexpected(size->find("default")->error("at least 1"));
  return {};
}

// What each kind needs beside its own member.
Status check_paginate(const Document& node, const PaginatePlan& plan) {
  if (plan.kind == Kind::Token && !plan.value) {
    return std::unexpected(node.error("\"token\" needs \"value\": where the answer holds it"));
  }
  if (plan.kind == Kind::After && plan.field.empty()) {
    return std::unexpected(node.error("\"after\" needs \"field\": the record's member"));
  }
  if (plan.until == PaginatePlan::Until::Short && plan.size_param.empty()) {
    return std::unexpected(node.error("\"until: short\" needs \"page_size\""));
  }
  if (plan.more && plan.more->type() != ValueType::Boolean && plan.more->type() != ValueType::Any) {
    return std::unexpected(node.find("more")->error("\"more\" needs a boolean"));
  }
  return {};
}

}  // namespace

std::string text_of_node(const Document* node) {
  return node == nullptr ? std::string() : node->text();
}

Result<Assignments> load_assignments(const Document* node, const Scope& scope) {
  Assignments assignments;
  if (node == nullptr) return assignments;
  for (const auto& [name, value] : node->members()) {
    assignments.emplace_back(name, TRY(Template::compile(value, scope)));
  }
  return assignments;
}

Result<std::optional<Template>> load_template(const Document* node, const Scope& scope) {
  if (node == nullptr) return std::nullopt;
  return TRY(Template::compile(*node, scope));
}

Result<PaginatePlan> load_paginate(const Document& node, const Scope& scope) {
  constexpr std::array<std::pair<std::string_view, Kind>, 6> kKinds = {{{"link", Kind::Link},
                                                                        {"page", Kind::Page},
                                                                        {"offset", Kind::Offset},
                                                                        {"token", Kind::Token},
                                                                        {"after", Kind::After},
                                                                        {"url", Kind::Url}}};
  PaginatePlan plan;
  if (node.is_scalar()) return plan;  // none
  Scope answer = scope;
  answer.built_ins.has_response = true;
  int num_kinds = 0;
  for (const auto& [name, kind] : kKinds) {
    const Document* member = node.find(name);
    if (member == nullptr) continue;
    plan.kind = kind;
    plan.name = member->text();
    if (kind == Kind::Url) plan.value = TRY(Template::compile(*member, answer));
    ++num_kinds;
  }
  if (num_kinds != 1) {
    return std::unexpected(
        node.error("paginate has one of: link, page, offset, token, after, url"));
  }
  if (plan.kind == Kind::Token) plan.value = TRY(load_template(node.find("value"), answer));
  if (const Document* field = node.find("field")) plan.field = "/" + field->text();
  plan.more = TRY(load_template(node.find("more"), answer));
  plan.start = whole_of(node.find("start"), plan.kind == Kind::Page ? 1 : 0);
  if (text_of_node(node.find("until")) == "short") plan.until = PaginatePlan::Until::Short;
  if (text_of_node(node.find("in")) == "body") plan.place = PaginatePlan::Place::Body;
  TRY(load_page_size(node, plan));
  TRY(check_paginate(node, plan));
  return plan;
}

std::vector<AnswerRule> load_rules(const Document* node) {
  std::vector<AnswerRule> rules;
  if (node == nullptr) return rules;
  for (const Document& item : node->items()) {
    AnswerRule rule;
    rule.status = static_cast<int>(whole_of(item.find("status"), 0));
    rule.contains = text_of_node(item.find("contains"));
    rule.say = text_of_node(item.find("say"));
    const std::string then = text_of_node(item.find("then"));
    rule.then = then == "no_rows" ? AnswerRule::Then::NoRows
                : then == "wait"  ? AnswerRule::Then::Wait
                : then == "retry" ? AnswerRule::Then::Retry
                                  : AnswerRule::Then::Fail;
    rules.push_back(std::move(rule));
  }
  return rules;
}

Status load_http(ApiPlan& api) {
  const Document& http = *api.spec.document.find("http");
  const Scope scope{.whose = "the connection", .connection = api.spec.connection};
  api.url = TRY(load_template(http.find("url"), scope));
  api.headers = TRY(load_assignments(http.find("headers"), scope));
  api.params = TRY(load_assignments(http.find("params"), scope));
  api.auth = TRY(load_auth(http.find("auth"), api));
  api.check = TRY(load_template(http.find("check"), scope));
  api.errors = load_rules(http.find("errors"));
  return load_limit(http.find("limit"), api.retry);
}

}  // namespace inlet::rest
