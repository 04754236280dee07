#include "inlet/rest/chain.h"

#include <gtest/gtest.h>

#include "inlet/base/format.h"
#include "inlet/rest/declarative.h"
#include "inlet/rest/scripted_http_test.h"

namespace inlet::rest {
namespace {

// One table whose paginator is `paginate`; everything else stays the same.
std::string spec_with(std::string_view paginate, std::string_view request = "get: /items") {
  return format(R"(
name: demo
connection:
  base_url: {{type: url, default: "https://api.example.com/v1/"}}
  key: secret
http:
  url: ${{base_url}}
  auth: {{query: {{name: api_key, value: "${{key}}"}}}}
tables:
  items:
    ingestion: snapshot
    keys: [id]
    {}
    records: /data
    paginate: {}
    columns: {{id: bigint!}}
)",
                request, paginate);
}

struct Outcome {
  std::vector<std::string> urls;
  std::vector<std::string> bodies;
  std::size_t num_pages = 0;
  std::optional<Error> error;
};

Outcome read(const std::string& spec, const std::function<net::Response(const Asked&)>& answer,
             const std::map<std::string, std::string>& connection = {}) {
  Outcome outcome;
  ScriptedHttp http([&](const Asked& asked) {
    outcome.bodies.push_back(asked.body);
    return answer(asked);
  });
  StillClock clock{Timestamp(std::chrono::seconds(1'767'225'600))};
  const SourceContext context{clock, http, no_store(), {}};
  const auto specs = connection_options(spec, "demo.yaml");
  if (!specs) {
    outcome.error = specs.error();
    return outcome;
  }
  auto source = make_source(spec, "demo.yaml", *Options::make(*specs, connection, "c"), context);
  PageList sink;
  const auto end = (*source)->read_table({.table = {"items"}}, sink);
  if (!end) outcome.error = end.error();
  outcome.urls = http.urls;
  outcome.num_pages = sink.pages.size();
  return outcome;
}

// `{"data": [...]}` with the ids of page `page` (from 0), two on each of `num_pages` pages.
std::string page_body(long long page, long long num_pages, std::string_view more = "") {
  if (page >= num_pages) return format(R"({{"data": []{}}})", more);
  return format(R"({{"data": [{{"id": {}}}, {{"id": {}}}]{}}})", page * 2 + 1, page * 2 + 2, more);
}

long long number(const Asked& asked, const char* name, long long fallback) {
  const auto value = asked.query.find(name);
  return value == asked.query.end() ? fallback : std::stoll(value->second);
}

using Urls = std::vector<std::string>;

TEST(Chain, CountsPagesUntilAnEmptyOne) {
  const auto outcome = read(spec_with("{page: page}"), [](const Asked& asked) {
    return json_answer(page_body(number(asked, "page", 1) - 1, 2));
  });
  EXPECT_EQ(outcome.urls, (Urls{"/v1/items?page=1", "/v1/items?page=2", "/v1/items?page=3"}));
  EXPECT_EQ(outcome.num_pages, 2U);
}

TEST(Chain, StopsAtAShortPageWhereTheApiAllowsIt) {
  const auto outcome =
      read(spec_with("{offset: skip, until: short, page_size: {param: take, default: 2}}"),
           [](const Asked& asked) {
             return json_answer(number(asked, "skip", 0) == 0 ? page_body(0, 2)
                                                              : R"({"data": [{"id": 3}]})");
           });
  EXPECT_EQ(outcome.urls, (Urls{"/v1/items?take=2&skip=0", "/v1/items?take=2&skip=2"}));
}

TEST(Chain, FollowsATokenInTheBody) {
  const auto outcome =
      read(spec_with("{token: after, value: \"${response.meta.next}\"}"), [](const Asked& asked) {
        return json_answer(asked.query.contains("after")
                               ? page_body(1, 2, R"(, "meta": {"next": null})")
                               : page_body(0, 2, R"(, "meta": {"next": "a b"})"));
      });
  EXPECT_EQ(outcome.urls, (Urls{"/v1/items", "/v1/items?after=a%20b"}));
}

TEST(Chain, StopsAtAFlag) {
  const auto outcome =
      read(spec_with("{after: starting_after, field: id, more: \"${response.has_more}\"}"),
           [](const Asked& asked) {
             return json_answer(asked.query.contains("starting_after")
                                    ? page_body(1, 2, R"(, "has_more": false)")
                                    : page_body(0, 2, R"(, "has_more": true)"));
           });
  EXPECT_EQ(outcome.urls, (Urls{"/v1/items", "/v1/items?starting_after=2"}));
}

TEST(Chain, FollowsAnAddressInTheBody) {
  const auto outcome = read(spec_with("{url: \"${response.next}\"}"), [](const Asked& asked) {
    return json_answer(asked.path == "/v1/items" ? page_body(0, 2, R"(, "next": "/v1/more?p=2")")
                                                 : page_body(1, 2));
  });
  EXPECT_EQ(outcome.urls, (Urls{"/v1/items", "/v1/more?p=2"}));
}

TEST(Chain, PostsItsPositionInTheBody) {
  const auto outcome =
      read(spec_with("{offset: from, in: body, page_size: {param: size, default: 2}}",
                     "post: /search\n    body: {query: {kind: all}, size: 9}"),
           [calls = 0](const Asked&) mutable { return json_answer(page_body(calls++, 1)); });
  EXPECT_EQ(outcome.bodies, (Urls{R"({"from":0,"query":{"kind":"all"},"size":2})",
                                  R"({"from":2,"query":{"kind":"all"},"size":2})"}));
}

TEST(Chain, RefusesTheSamePageTwice) {
  const auto outcome =
      read(spec_with("{page: page}"), [](const Asked&) { return json_answer(page_body(0, 1)); });
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::Unavailable);
  EXPECT_NE(outcome.error->message.find("gave the same page"), std::string::npos);
}

TEST(Chain, RefusesToGoInACircle) {
  const auto outcome =
      read(spec_with("{token: t, value: \"${response.next}\"}"), [](const Asked& asked) {
        const bool is_b = asked.query.contains("t") && asked.query.at("t") == "b";
        return json_answer(
            is_b ? page_body(1, 9, R"(, "next": "a")")
                 : page_body(0, 9, format(R"(, "next": "b", "n": {})", asked.query.size())));
      });
  ASSERT_TRUE(outcome.error);
  EXPECT_NE(outcome.error->message.find("go in a circle"), std::string::npos);
}

TEST(Chain, SendsNothingToAnotherOrigin) {
  const auto outcome =
      read(spec_with("{url: \"${response.next}\"}"),
           [](const Asked&) {
             return json_answer(page_body(0, 2, R"(, "next": "https://evil.example.net/x")"));
           },
           {{"key", "s3cret"}});
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.urls.size(), 1U);
  EXPECT_NE(outcome.error->message.find("outside of the connection's https://api.example.com:443"),
            std::string::npos);
  EXPECT_EQ(outcome.error->message.find("s3cret"), std::string::npos);
}

TEST(Chain, RulesTellWhatAnAnswerMeans) {
  const std::string spec =
      spec_with("none\n    errors: [{status: 409, contains: is empty, then: no_rows}]");
  const auto empty =
      read(spec, [](const Asked&) { return json_answer(R"({"message": "It is empty"})", 409); });
  EXPECT_FALSE(empty.error);
  EXPECT_EQ(empty.num_pages, 0U);
  const auto other =
      read(spec, [](const Asked&) { return json_answer(R"({"message": "Locked"})", 409); });
  ASSERT_TRUE(other.error);
  EXPECT_EQ(other.error->message,
            "items: GET https://api.example.com/v1/items: status 409: Locked");
}

TEST(Chain, ReportsRefusalsByKind) {
  const auto kind = [](int status) {
    const auto outcome =
        read(spec_with("none"), [&](const Asked&) { return json_answer("{}", status); });
    return outcome.error ? outcome.error->kind : ErrorKind::Bug;
  };
  EXPECT_EQ(kind(401), ErrorKind::Auth);
  EXPECT_EQ(kind(403), ErrorKind::Auth);
  EXPECT_EQ(kind(404), ErrorKind::NotFound);
  EXPECT_EQ(kind(422), ErrorKind::Config);
  EXPECT_EQ(kind(503), ErrorKind::Unavailable);
}

}  // namespace
}  // namespace inlet::rest
