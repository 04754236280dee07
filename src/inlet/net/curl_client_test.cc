#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "inlet/net/auth.h"
#include "inlet/net/http.h"
#include "testkit/fault_server.h"

namespace inlet::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testkit::FaultAnswer;
using testkit::FaultServer;
using testkit::SeenRequest;
using Ending = FaultAnswer::Ending;
using Encoding = FaultAnswer::Encoding;

std::unique_ptr<FaultServer> serve(FaultAnswer answer) {
  return FaultServer::start({std::move(answer)}).value();
}

Result<Response> get(HttpClient& client, std::string url) {
  return client.send({.url = std::move(url)});
}

// A body that compresses a little and shows a byte out of place.
std::string sample_body(std::size_t num_bytes) {
  std::string body;
  while (body.size() < num_bytes) body += std::to_string(body.size()) + ",";
  return body;
}

TEST(CurlClient, SendsTheRequestAsGiven) {
  const auto server = serve({.headers = {{"X-Answer", "yes"}}, .body = "ok"});
  const auto client = make_http_client({.user_agent = "inlet/test"});
  Request request{.method = "POST", .url = server->url("/a%20b?c=d"), .body = "{}"};
  request.headers.add("X-One", "1");
  request.headers.add("X-Empty", "");
  request.credentials = {bearer(Secret("t0k")), query_key("key", Secret("a b"))};
  const auto response = client->send(request);
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->headers.find("x-answer"), "yes");
  EXPECT_EQ(response->url, server->url("/a%20b?c=d"));
  const SeenRequest seen = server->seen().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/a%20b?c=d&key=a%20b");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.header("X-One"), "1");
  EXPECT_EQ(seen.header("Authorization"), "Bearer t0k");
  EXPECT_EQ(seen.header("User-Agent"), "inlet/test");
  EXPECT_EQ(seen.header("Accept-Encoding"), "gzip, zstd");
  EXPECT_EQ(seen.header("Content-Type"), "");
}

TEST(CurlClient, ReturnsAnyStatusAsAValue) {
  for (const int status : {204, 304, 401, 404, 429, 500, 503}) {
    const auto server = serve({.status = status});
    const auto response = get(*make_http_client({}), server->url("/"));
    ASSERT_TRUE(response.has_value()) << status;
    EXPECT_EQ(response->status, status);
  }
}

TEST(CurlClient, KeepsItsConnectionOpen) {
  const auto server = serve({.body = "ok"});
  const auto client = make_http_client({});
  for (int call = 0; call < 3; ++call) ASSERT_TRUE(get(*client, server->url("/")).has_value());
  EXPECT_EQ(server->seen().back().connection, 1);
}

TEST(CurlClient, ServesManyThreads) {
  const auto server = FaultServer::start([](const SeenRequest& request, int) {
                        return FaultAnswer{.body = request.target};
                      }).value();
  const auto client = make_http_client({});
  std::atomic<int> num_right = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        for (int call = 0; call < 20; ++call) {
          const std::string target = "/" + std::to_string(thread * 100 + call);
          const auto response = get(*client, server->url(target));
          if (response && response->body == target) ++num_right;
        }
      });
    }
  }
  EXPECT_EQ(num_right, 160);
  EXPECT_LE(server->seen().back().connection, 8);
}

TEST(CurlClient, DecodesGzipAndZstd) {
  const std::string body = sample_body(300'000);
  for (const auto encoding : {Encoding::Identity, Encoding::Gzip, Encoding::Zstd}) {
    for (const bool is_chunked : {false, true}) {
      const auto server = serve({.body = body, .encoding = encoding, .is_chunked = is_chunked});
      const auto response = get(*make_http_client({}), server->url("/"));
      ASSERT_TRUE(response.has_value()) << response.error().message;
      EXPECT_EQ(response->body, body);
    }
  }
}

TEST(CurlClient, ReadsABodyThatTrickles) {
  const auto server =
      serve({.body = sample_body(50), .trickle_bytes = 7, .trickle = milliseconds(5)});
  const auto response = get(*make_http_client({}), server->url("/"));
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->body, sample_body(50));
}

struct BrokenCase {
  const char* name;
  FaultAnswer answer;
};

TEST(CurlClient, NeverTakesABrokenAnswerForAWholeOne) {
  const std::string body = sample_body(1000);
  const BrokenCase cases[] = {
      {"reset at once", {.body = body, .ending = Ending::ResetAtOnce}},
      {"reset in the body", {.body = body, .ending = Ending::ResetInBody}},
      {"cut body", {.body = body, .ending = Ending::CutBody}},
      {"cut chunks", {.body = body, .ending = Ending::CutBody, .is_chunked = true}},
      {"cut gzip", {.body = body, .ending = Ending::CutBody, .encoding = Encoding::Gzip}},
      {"not gzip", {.headers = {{"Content-Encoding", "gzip"}}, .body = body}},
  };
  for (const BrokenCase& broken : cases) {
    const auto server = serve(broken.answer);
    const auto response = get(*make_http_client({}), server->url("/x?secret=1"));
    ASSERT_FALSE(response.has_value()) << broken.name;
    EXPECT_EQ(response.error().kind, ErrorKind::Unavailable) << broken.name;
    EXPECT_FALSE(response.error().retry_after.has_value()) << broken.name;
    EXPECT_THAT(response.error().message, AllOf(HasSubstr("GET " + server->url("/x") + " failed: "),
                                                Not(HasSubstr("secret"))));
  }
}

TEST(CurlClient, SaysWhenARequestWasNeverSent) {
  std::string url;
  {
    const auto server = serve({});
    url = server->url("/");
  }
  const auto response = get(*make_http_client({}), url);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(response.error().retry_after, milliseconds(0));
}

TEST(CurlClient, GivesUpAfterTheRequestTimeout) {
  const auto server = serve({.delay = milliseconds(60'000)});
  const auto response =
      get(*make_http_client({.request_timeout = milliseconds(50)}), server->url("/"));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  EXPECT_FALSE(response.error().retry_after.has_value());
}

TEST(CurlClient, GivesUpOnAStalledBody) {
  const auto server = serve({.body = sample_body(1000), .ending = Ending::Silence});
  const auto response =
      get(*make_http_client({.stall_timeout = milliseconds(100)}), server->url("/"));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(response.error().message, HasSubstr("no byte came for 100 ms"));
}

TEST(CurlClient, StopsAtOnceWhenAsked) {
  const auto client = make_http_client({});
  const auto server = serve({.body = sample_body(1000), .ending = Ending::Silence});
  std::stop_source source;
  std::jthread stopper([&] {
    while (server->seen().empty()) std::this_thread::yield();
    source.request_stop();
  });
  const auto response = client->send({.url = server->url("/"), .stop = source.get_token()});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(client->send({.url = server->url("/"), .stop = source.get_token()}).error().kind,
            ErrorKind::Cancelled);
}

TEST(CurlClient, LimitsTheAnswerAfterDecompression) {
  const std::string zeros(200'000, '0');
  const auto server = serve({.body = zeros, .encoding = Encoding::Gzip});
  const auto refused = get(*make_http_client({.max_response_bytes = 199'999}), server->url("/"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_THAT(refused.error().message, HasSubstr("larger than the limit of 199999 bytes"));
  const auto taken = get(*make_http_client({.max_response_bytes = 200'000}), server->url("/"));
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->body, zeros);
}

TEST(CurlClient, RefusesABadRequestWithoutSendingIt) {
  const auto server = serve({});
  const auto client = make_http_client({});
  Request broken_header{.url = server->url("/")};
  broken_header.headers.add("X-One", "1\r\nX-Two: 2");
  EXPECT_EQ(client->send(broken_header).error().kind, ErrorKind::Config);
  Request broken_secret{.url = server->url("/")};
  broken_secret.credentials = {bearer(Secret("t0k\n"))};
  const auto refused = client->send(broken_secret);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("Authorization"), Not(HasSubstr("t0k"))));
  EXPECT_EQ(get(*client, "ftp://127.0.0.1/").error().kind, ErrorKind::Config);
  EXPECT_TRUE(server->seen().empty());
}

TEST(CurlClient, GoesThroughTheProxy) {
  const auto proxy = serve({.body = "from the proxy"});
  const auto client = make_http_client({.proxy = proxy->url("")});
  const auto response = get(*client, "http://api.example.invalid/x");
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "from the proxy");
  EXPECT_EQ(proxy->seen().at(0).target, "http://api.example.invalid/x");
}

}  // namespace
}  // namespace inlet::net
