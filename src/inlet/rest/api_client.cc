#include "inlet/rest/api_client.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/decode/record_scan.h"
#include "inlet/net/auth.h"
#include "inlet/net/url.h"

namespace inlet::rest {
namespace {

constexpr std::size_t kShownBytes = 200;

// What the API says about a refusal, as far as people can use it.
std::string reason_of(const net::Response& response) {
  for (const std::string_view pointer :
       {"/message", "/error/message", "/error", "/detail", "/title"}) {
    const auto text = decode::value_at(response.body, pointer);
    if (!text || !text->starts_with('"')) continue;
    const auto value = parse_json(*text);
    if (value) return ": " + value->get<std::string>().substr(0, kShownBytes);
  }
  return "";
}

const AnswerRule* find_rule(const net::Response& response, const std::vector<AnswerRule>& rules) {
  const AnswerRule* general = nullptr;
  for (const AnswerRule& rule : rules) {
    if (rule.status != response.status) continue;
    if (rule.contains.empty()) {
      if (general == nullptr) general = &rule;
    } else if (response.body.find(rule.contains) != std::string::npos) {
      return &rule;  // what names a text is meant more closely than what names a status only
    }
  }
  return general;
}

// A complete answer whose JSON stops in the middle: the server or something before it broke off.
bool is_cut_off(const net::Response& response) {
  const auto first = response.body.find_first_not_of(" \t\r\n");
  const auto last = response.body.find_last_not_of(" \t\r\n");
  if (response.status != 200 || first == std::string::npos) return false;
  const char opening = response.body[first];
  const char closing = response.body[last];
  return (opening == '[' && closing != ']') || (opening == '{' && closing != '}');
}

net::Verdict classify(const net::Response& response, const std::vector<AnswerRule>& rules) {
  const AnswerRule* rule = find_rule(response, rules);
  if (rule == nullptr && is_cut_off(response)) return net::Verdict::Retry;
  if (rule == nullptr) return net::default_verdict(response);
  switch (rule->then) {
    case AnswerRule::Then::NoRows: return net::Verdict::Ok;
    case AnswerRule::Then::Wait: return net::Verdict::RateLimited;
    case AnswerRule::Then::Retry: return net::Verdict::Retry;
    case AnswerRule::Then::Fail: break;
  }
  return net::Verdict::Fail;
}

struct Refusal {
  ErrorKind kind;
  std::string_view remedy;
};
Refusal refusal_of(int status) {
  switch (status) {
    case 401: return {ErrorKind::Auth, "; renew the connection's credentials"};
    case 403: return {ErrorKind::Auth, "; the credentials lack a right"};
    case 404:
    case 410:
      return {ErrorKind::NotFound, "; check the options, and that the credentials may see it"};
    default: break;
  }
  return {status >= 500 ? ErrorKind::Unavailable : ErrorKind::Config, ""};
}

bool is_complete(const AuthPlan& auth, const Options& connection) {
  for (const auto* part : {&auth.user, &auth.value}) {
    if (!*part) continue;
    for (const Reference* reference : (*part)->references()) {
      const auto* step =
          reference->steps.empty() ? nullptr : std::get_if<std::string>(&reference->steps[0]);
      if (!connection.has(step == nullptr ? reference->root : *step)) return false;
    }
  }
  return true;
}

}  // namespace

ApiClient::ApiClient(const ApiPlan& api, Options connection, const SourceContext& context)
    : api_(api),
      connection_(std::move(connection)),
      http_(context.http, context.clock, context.log, api.retry,
            static_cast<std::uint64_t>(context.clock.now().time_since_epoch().count())) {}

Result<std::unique_ptr<ApiClient>> ApiClient::make(const ApiPlan& api, const Options& connection,
                                                   const SourceContext& context) {
  std::unique_ptr<ApiClient> client(new ApiClient(api, connection, context));
  const Environment environment{.connection = &client->connection_};
  client->base_url_ = TRY(api.url->text(environment)).value_or("");
  while (client->base_url_.ends_with('/')) client->base_url_.pop_back();
  client->origin_ = TRY(net::origin_of(client->base_url_));
  for (const auto& [name, value] : api.headers) {
    if (const auto text = TRY(value.text(environment))) client->headers_.add(name, *text);
  }
  for (const auto& [name, value] : api.params) {
    if (auto text = TRY(value.text(environment)))
      client->params_.emplace_back(name, *std::move(text));
  }
  TRY(client->choose_auth());
  return client;
}

// The first method whose parameters are given; none sends requests without credentials.
Status ApiClient::choose_auth() {
  const Environment environment{.connection = &connection_};
  for (const AuthPlan& auth : api_.auth) {
    if (!is_complete(auth, connection_)) continue;
    const auto value = auth.value ? TRY(auth.value->text(environment)) : std::string();
    const Secret secret(value.value_or(""));
    switch (auth.kind) {
      case AuthPlan::Kind::Bearer: credentials_.push_back(net::bearer(secret)); break;
      case AuthPlan::Kind::Basic:
        credentials_.push_back(net::basic(TRY(auth.user->text(environment)).value_or(""), secret));
        break;
      case AuthPlan::Kind::Header:
        credentials_.push_back(net::header_key(auth.name, auth.prefix, secret));
        break;
      case AuthPlan::Kind::Query:
        credentials_.push_back(net::query_key(auth.name, secret));
        secret_parameters_.push_back(auth.name);
        break;
    }
    return {};
  }
  return {};
}

std::string ApiClient::redacted(std::string_view url) const {
  return net::redact_url(url, secret_parameters_);
}

Result<std::optional<net::Response>> ApiClient::send(ApiRequest request,
                                                     const std::vector<AnswerRule>& rules,
                                                     std::stop_token stop) {
  if (TRY(net::origin_of(request.url)) != origin_) {
    return fail(ErrorKind::Config,
                format("the answer leads to {}, outside of the connection's {}: not followed",
                       redacted(request.url), origin_));
  }
  net::Request http{.method = std::move(request.method),
                    .url = net::with_query(request.url, params_),
                    .headers = headers_,
                    .body = std::move(request.body),
                    .credentials = credentials_,
                    .stop = stop};
  for (const auto& [name, value] : request.headers.lines()) http.headers.set(name, value);
  net::Response response = TRY(
      http_.send(http, [&rules](const net::Response& answer) { return classify(answer, rules); }));
  const AnswerRule* rule = find_rule(response, rules);
  if (rule != nullptr && rule->then == AnswerRule::Then::NoRows) return std::nullopt;
  if (response.status >= 200 && response.status < 300) return response;
  const Refusal refusal = refusal_of(response.status);
  const bool has_say = rule != nullptr && !rule->say.empty();
  return fail(refusal.kind, format("{} {}: status {}{}{}", http.method, redacted(http.url),
                                   response.status, reason_of(response),
                                   has_say ? "; " + rule->say : std::string(refusal.remedy)));
}

SourceCounts ApiClient::counts() const {
  const net::RequestCounts counts = http_.counts();
  return {.requests = counts.requests,
          .retries = counts.retries,
          .waited = counts.waited,
          .received_bytes = counts.received_bytes,
          .requests_left = counts.remaining};
}

}  // namespace inlet::rest
