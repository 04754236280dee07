#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/net/auth.h"
#include "inlet/net/redirect_internal.h"
#include "testkit/fault_server.h"

namespace inlet::net {
namespace {

using testing::HasSubstr;
using testing::Not;
using testkit::FaultAnswer;
using testkit::FaultServer;
using testkit::SeenRequest;

FaultAnswer redirect_to(std::string location, int status = 302) {
  return {.status = status, .headers = {{"Location", std::move(location)}}};
}

Request request_with_secrets(std::string url) {
  Request request{.url = std::move(url)};
  request.headers.add("X-Plain", "1");
  request.credentials = {bearer(Secret("t0k")), query_key("api_key", Secret("hush"))};
  return request;
}

TEST(Redirect, IsFollowedWithCredentialsWithinTheOrigin) {
  const auto server = FaultServer::start({redirect_to("/b?x=1"), {.body = "ok"}}).value();
  const auto client = make_http_client({});
  const auto response = client->send(request_with_secrets(server->url("/a")));
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->url, server->url("/b?x=1"));
  EXPECT_EQ(server->seen().at(1).target, "/b?x=1&api_key=hush");
  EXPECT_EQ(server->seen().at(1).header("Authorization"), "Bearer t0k");
}

TEST(Redirect, TakesNoCredentialToAnotherOrigin) {
  const auto other = FaultServer::start({{.body = "ok"}}).value();
  // The server also repeats the query credential in the place it redirects to.
  const auto server = FaultServer::start({redirect_to(other->url("/b?api_key=hush&x=1"))}).value();
  Request request = request_with_secrets(server->url("/a"));
  request.headers.add("authorization", "Bearer mine");
  request.headers.add("Cookie", "session=mine");
  const auto response = make_http_client({})->send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  ASSERT_EQ(other->seen().size(), 1U);
  const SeenRequest seen = other->seen().at(0);
  EXPECT_EQ(seen.target, "/b?x=1");
  EXPECT_EQ(seen.header("Authorization"), "");
  EXPECT_EQ(seen.header("Cookie"), "");
  EXPECT_EQ(seen.header("X-Plain"), "1");
  EXPECT_EQ(response->url, other->url("/b?x=1"));
}

TEST(Redirect, DoesNotPickTheCredentialsUpAgainOnTheWayBack) {
  std::string way_back;
  const auto other =
      FaultServer::start([&](const SeenRequest&, int) { return redirect_to(way_back); }).value();
  const auto server = FaultServer::start({redirect_to(other->url("/b")), {.body = "ok"}}).value();
  way_back = server->url("/c");
  ASSERT_TRUE(make_http_client({})->send(request_with_secrets(server->url("/a"))).has_value());
  EXPECT_EQ(server->seen().at(1).target, "/c");
  EXPECT_EQ(server->seen().at(1).header("Authorization"), "");
}

TEST(Redirect, TurnsAPostIntoAGetOnlyWhereTheStatusSaysSo) {
  const struct {
    int status;
    const char* method;
    const char* body;
  } cases[] = {{301, "GET", ""},
               {302, "GET", ""},
               {303, "GET", ""},
               {307, "POST", "{}"},
               {308, "POST", "{}"}};
  for (const auto& [status, method, body] : cases) {
    const auto server = FaultServer::start({redirect_to("/b", status), {}}).value();
    Request request{.method = "POST", .url = server->url("/a"), .body = "{}"};
    request.headers.add("Content-Type", "application/json");
    ASSERT_TRUE(make_http_client({})->send(request).has_value());
    EXPECT_EQ(server->seen().at(1).method, method) << status;
    EXPECT_EQ(server->seen().at(1).body, body) << status;
  }
}

TEST(Redirect, TakesNoBodyToAnotherOrigin) {
  const auto other = FaultServer::start({{.body = "ok"}}).value();
  const auto server = FaultServer::start({redirect_to(other->url("/b"), 307)}).value();
  const auto response = make_http_client({})->send(
      {.method = "POST", .url = server->url("/a"), .body = "client_secret=hush"});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Config);
  EXPECT_TRUE(other->seen().empty());
}

TEST(Redirect, IsRefusedFromHttpsToHttpWithCredentials) {
  Response response{.status = 302, .headers = {}, .body = {}, .url = {}};
  response.headers.add("Location", "http://api.example.com/b?api_key=hush");
  const auto refused = next_hop(request_with_secrets("https://api.example.com/a"), response);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("from https to http"), Not(HasSubstr("hush"))));
}

TEST(Redirect, LeadsToHttpOnlyAndCarriesNoUserInfo) {
  for (const char* location :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "http://joe:hush@127.0.0.1/"}) {
    const auto server = FaultServer::start({redirect_to(location)}).value();
    const auto response = make_http_client({})->send({.url = server->url("/a")});
    ASSERT_FALSE(response.has_value()) << location;
    EXPECT_EQ(response.error().kind, ErrorKind::Config);
    EXPECT_THAT(response.error().message, Not(HasSubstr("hush")));
  }
}

TEST(Redirect, IsFollowedSoOftenAndNotMore) {
  const auto server = FaultServer::start({redirect_to("/again")}).value();
  const auto response = make_http_client({.max_redirects = 3})->send({.url = server->url("/")});
  ASSERT_FALSE(response.has_value());
  EXPECT_THAT(response.error().message, HasSubstr("more than 3 redirects"));
  EXPECT_EQ(server->seen().size(), 4U);
}

TEST(Redirect, IsAnAnswerWhenNoneIsAllowedOrNoPlaceIsNamed) {
  const auto server = FaultServer::start({redirect_to("/b"), {.status = 301}}).value();
  EXPECT_EQ(make_http_client({.max_redirects = 0})->send({.url = server->url("/")})->status, 302);
  EXPECT_EQ(make_http_client({})->send({.url = server->url("/")})->status, 301);
}

}  // namespace
}  // namespace inlet::net
