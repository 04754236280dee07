#include "inlet/rest/chain.h"

#include <functional>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"
#include "inlet/decode/record_scan.h"
#include "inlet/net/url.h"
#include "inlet/rest/function.h"
#include "inlet/rest/http_date.h"
#include "inlet/rest/link_header.h"

namespace inlet::rest {
namespace {

using Kind = PaginatePlan::Kind;

// Path steps from options and records are data: a slash in them must not change the path.
Result<std::string> path_of(const Template& path, const Environment& environment) {
  const auto text = TRY(path.path_text(environment));
  if (!text) return fail(ErrorKind::Config, format("{}: the path has no value", path.where()));
  return *text;
}

struct PageFacts {
  std::size_t num_records = 0;
  std::string last_value;  ///< After: the field of the last record
};
Result<PageFacts> facts_of(const Page& page, const PaginatePlan& plan) {
  PageFacts facts;
  std::vector<std::string> pointers;
  if (plan.kind == Kind::After) pointers.push_back(plan.field);
  TRY(decode::scan_records(page, pointers, [&](const decode::ScannedRecord& record) -> Status {
    ++facts.num_records;
    if (!pointers.empty()) facts.last_value = record.values[0];
    return {};
  }));
  return facts;
}

}  // namespace

Chain::Chain(const TableRead& read, Environment environment)
    : read_(read), plan_(read.table.paginate), environment_(std::move(environment)) {
  position_ = plan_.start;
  if (plan_.size_param.empty()) return;
  const auto size = read.options.integer("page_size");
  page_size_ = size ? *size : plan_.default_size;
}

Result<std::optional<Answer>> Chain::next() {
  if (is_done_) return std::nullopt;
  ApiRequest request;
  if (address_.empty()) {
    request = TRY(first_request());
  } else {
    request.method = read_.table.method;
    request.url = address_;
    for (const auto& [name, value] : read_.table.headers) {
      if (const auto text = TRY(value.text(environment_))) request.headers.set(name, *text);
    }
  }
  if (!asked_.insert(request.url + "\n" + request.body).second) {
    return fail(ErrorKind::Unavailable, format("the pages go in a circle: {} comes again",
                                               read_.client.redacted(request.url)));
  }
  auto response = TRY(read_.client.send(std::move(request), read_.table.errors, read_.stop));
  if (!response || response->body.empty()) {  // 204 No Content has no records either
    is_done_ = true;
    return std::nullopt;
  }
  Answer answer;
  answer.page.records = read_.table.records;
  answer.page.added = added_;
  answer.page.origin = {.url = read_.client.redacted(response->url),
                        .fetched_at = read_.clock.now()};
  for (const char* name : {"x-request-id", "x-github-request-id"}) {
    if (const auto id = response->headers.find(name)) answer.page.origin.request_id = *id;
  }
  if (const auto date = response->headers.find("date")) answer.date = parse_http_date(*date);
  answer.page.body = std::move(response->body);
  TRY(remember(answer.page));
  TRY(prepare_next(*response, answer.page));
  answer.is_last = is_done_;
  return answer;
}

Result<ApiRequest> Chain::first_request() {
  environment_.page = {{"number", position_}, {"offset", position_}, {"size", page_size_}};
  if (added_.empty()) {
    for (const auto& [name, value] : read_.table.add) {
      added_.emplace_back(name, inlet::to_text(TRY(value.evaluate(environment_))));
    }
  }
  ApiRequest request;
  request.method = read_.table.method;
  request.url = read_.client.url_of(TRY(path_of(*read_.table.path, environment_)));
  net::QueryParameters query;
  for (const auto& [name, value] : read_.table.params) {
    if (auto text = TRY(value.text(environment_))) query.emplace_back(name, *std::move(text));
  }
  request.url = net::with_query(request.url, query);
  for (const auto& [name, value] : read_.table.headers) {
    if (const auto text = TRY(value.text(environment_))) request.headers.set(name, *text);
  }
  Json body = read_.table.body ? TRY(read_.table.body->evaluate(environment_)) : Json::object();
  TRY(add_paging(request, body));
  if (read_.table.method == "POST") {
    request.headers.set("Content-Type", "application/json");
    request.body = inlet::to_text(body);
  }
  return request;
}

Status Chain::add_paging(ApiRequest& request, Json& body) {
  std::vector<std::pair<std::string, Json>> values;
  if (!plan_.size_param.empty()) values.emplace_back(plan_.size_param, page_size_);
  if (plan_.kind == Kind::Page || plan_.kind == Kind::Offset) {
    values.emplace_back(plan_.name, position_);
  }
  if ((plan_.kind == Kind::Token || plan_.kind == Kind::After) && !token_.empty()) {
    values.emplace_back(plan_.name, token_);
  }
  net::QueryParameters query;
  for (auto& [name, value] : values) {
    if (plan_.place == PaginatePlan::Place::Body) {
      body[name] = std::move(value);
    } else {
      query.emplace_back(name, text_of(value, ValueType::Any));
    }
  }
  request.url = net::with_query(request.url, query);
  return {};
}

Status Chain::remember(const Page& page) {
  const std::uint64_t hash = hash_bytes(page.body);
  const bool is_repeated = hash == last_page_hash_ && page.body.size() > 2;
  last_page_hash_ = hash;
  if (!is_repeated || plan_.kind == Kind::None) return {};
  const PageFacts facts = TRY(facts_of(page, plan_));
  if (facts.num_records == 0) return {};
  return fail(ErrorKind::Unavailable,
              format("{} gave the same page as the request before it", page.origin.url));
}

Status Chain::prepare_next(const net::Response& response, const Page& page) {
  is_done_ = true;
  if (plan_.kind == Kind::None) return {};
  environment_.response = &page.body;
  auto next = plan_.kind == Kind::Link || plan_.kind == Kind::Url || plan_.kind == Kind::Token
                  ? TRY(next_address(response))
                  : std::optional<std::string>();
  PageFacts facts;
  const bool counts_records =
      plan_.kind == Kind::Page || plan_.kind == Kind::Offset || plan_.kind == Kind::After;
  if (counts_records) facts = TRY(facts_of(page, plan_));
  const bool has_said_more = TRY(has_more(response, facts.num_records));
  environment_.response = nullptr;
  if (!has_said_more || (!counts_records && !next)) return {};
  switch (plan_.kind) {
    case Kind::Link:
    case Kind::Url: address_ = TRY(net::resolve_url(response.url, *next)); break;
    case Kind::Token: token_ = *std::move(next); break;
    case Kind::Page: position_ += 1; break;
    case Kind::Offset: position_ += static_cast<long long>(facts.num_records); break;
    case Kind::After: {
      const Json value = TRY(parse_json(facts.last_value.empty() ? "null" : facts.last_value));
      if (value.is_null()) {
        return fail(ErrorKind::Config,
                    format("the last record has no {} to go on after", plan_.field));
      }
      token_ = text_of(value, ValueType::Any);
      break;
    }
    case Kind::None: break;
  }
  is_done_ = false;
  return {};
}

Result<bool> Chain::has_more(const net::Response&, std::size_t num_records) {
  if (plan_.more) {
    const Json more = TRY(plan_.more->evaluate(environment_));
    return more.is_boolean() && more.get<bool>();
  }
  const bool counts_records =
      plan_.kind == Kind::Page || plan_.kind == Kind::Offset || plan_.kind == Kind::After;
  if (!counts_records) return true;
  if (plan_.until == PaginatePlan::Until::Short) {
    return static_cast<long long>(num_records) >= page_size_;
  }
  return num_records > 0;
}

Result<std::optional<std::string>> Chain::next_address(const net::Response& response) {
  if (plan_.kind == Kind::Link) {
    const auto header = response.headers.find("link");
    return header ? find_link(*header, plan_.name) : std::nullopt;
  }
  const auto text = TRY(plan_.value->text(environment_));
  return text && !text->empty() ? text : std::nullopt;
}

}  // namespace inlet::rest
