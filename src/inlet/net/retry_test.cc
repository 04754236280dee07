#include "inlet/net/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "testkit/fault_server.h"
#include "testkit/manual_clock.h"

namespace inlet::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;
using testkit::FaultAnswer;
using testkit::FaultServer;
using testkit::ManualClock;
using testkit::SeenRequest;
using Ending = FaultAnswer::Ending;

class Retry : public testing::Test {
 protected:
  Result<Response> get(std::string method = "GET") {
    return send({.method = std::move(method), .url = server_->url("/x")});
  }
  Result<Response> send(const Request& request) { return retrying().send(request, classify_); }
  RetryingClient& retrying() {
    if (!retrying_) {
      retrying_ = std::make_unique<RetryingClient>(*client_, clock_, Log(), policy_, 7);
    }
    return *retrying_;
  }
  void serve(std::vector<FaultAnswer> answers) {
    server_ = FaultServer::start(std::move(answers)).value();
  }
  std::string epoch_in(seconds wait) const {
    const auto now = std::chrono::floor<seconds>(clock_.now().time_since_epoch());
    return std::to_string((now + wait).count());
  }
  FaultAnswer limit_answer(int status, std::string remaining, seconds reset) const {
    return {.status = status,
            .headers = {{"X-RateLimit-Remaining", std::move(remaining)},
                        {"X-RateLimit-Reset", epoch_in(reset)}}};
  }

  ManualClock clock_;
  std::unique_ptr<FaultServer> server_;
  std::unique_ptr<HttpClient> client_ = make_http_client({});
  RetryPolicy policy_{
      .rate_limit = {.remaining = "x-ratelimit-remaining", .reset_epoch = "x-ratelimit-reset"}};
  RetryingClient::Classify classify_;
  std::unique_ptr<RetryingClient> retrying_;
};

TEST_F(Retry, AsksAgainUntilTheAnswerIsGood) {
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) {
    serve({{.status = status}, {.status = status}, {.body = "ok"}});
    const auto response = get();
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, "ok");
    EXPECT_THAT(server_->seen(), SizeIs(3)) << status;
  }
  EXPECT_EQ(retrying().counts().requests, 21U);
  EXPECT_EQ(retrying().counts().retries, 14U);
  EXPECT_EQ(retrying().counts().received_bytes, 14U);
}

TEST_F(Retry, AsksAgainAfterABrokenConnection) {
  const std::string body(1000, 'x');
  for (const auto ending : {Ending::ResetAtOnce, Ending::ResetInBody, Ending::CutBody}) {
    serve({{.body = body, .ending = ending}, {.body = body}});
    const auto response = get();
    ASSERT_TRUE(response.has_value()) << response.error().message;
    EXPECT_EQ(response->body, body);
  }
}

TEST_F(Retry, TakesOtherStatusesAsFinal) {
  for (const int status : {200, 304, 400, 401, 403, 404, 409, 422}) {
    serve({{.status = status}});
    ASSERT_TRUE(get().has_value());
    EXPECT_THAT(server_->seen(), SizeIs(1)) << status;
  }
  EXPECT_THAT(clock_.waits(), SizeIs(0));
}

TEST_F(Retry, BacksOffWithFullJitterUpToTheLargestDelay) {
  policy_.max_attempts = 40;
  policy_.base_delay = milliseconds(100);
  policy_.max_delay = milliseconds(800);
  serve({{.status = 503}});
  const auto response = get();
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(response.error().message,
            "GET " + server_->url("/x") + " was answered with status 503 after 40 attempts");
  const std::vector<nanoseconds> waits = clock_.waits();
  ASSERT_THAT(waits, SizeIs(39));
  EXPECT_LE(waits[0], milliseconds(100));
  EXPECT_LE(waits[1], milliseconds(200));
  EXPECT_THAT(waits, Each(Le(milliseconds(800))));
  // Jitter is spread over the whole range: of 36 draws some lie in the lowest and in the highest
  // quarter.
  EXPECT_THAT(waits, testing::Contains(Le(milliseconds(200))));
  EXPECT_THAT(waits, testing::Contains(Ge(milliseconds(600))));
}

TEST_F(Retry, HonoursRetryAfterInSeconds) {
  serve({{.status = 503, .headers = {{"Retry-After", "17"}}}, {}});
  ASSERT_TRUE(get().has_value());
  EXPECT_THAT(clock_.waits(), ElementsAre(seconds(17)));
  EXPECT_EQ(retrying().counts().waited, seconds(17));
}

TEST_F(Retry, HonoursRetryAfterAsADate) {
  // The manual clock starts at 2026-01-02T03:04:05Z.
  serve({{.status = 429, .headers = {{"Retry-After", "Fri, 02 Jan 2026 03:05:00 GMT"}}},
         {.status = 503, .headers = {{"Retry-After", "Fri, 02 Jan 2026 03:00:00 GMT"}}},
         {}});
  ASSERT_TRUE(get().has_value());
  EXPECT_THAT(clock_.waits(), ElementsAre(seconds(55), seconds(0)));
}

TEST_F(Retry, RefusesToWaitTooLong) {
  for (const int status : {429, 503}) {
    serve({{.status = status, .headers = {{"Retry-After", "3600"}}}});
    retrying_.reset();
    const auto response = get();
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().kind,
              status == 429 ? ErrorKind::RateLimited : ErrorKind::Unavailable);
    EXPECT_EQ(response.error().retry_after, hours(1));
    EXPECT_THAT(server_->seen(), SizeIs(1));
    EXPECT_EQ(retrying().counts().retries, 0U);
  }
  EXPECT_THAT(clock_.waits(), SizeIs(0));
}

TEST_F(Retry, WaitsForTheWindowWhenNothingIsLeft) {
  serve({limit_answer(200, "0", seconds(90)), {.body = "ok"}});
  ASSERT_TRUE(get().has_value());
  EXPECT_EQ(retrying().counts().remaining, 0U);
  EXPECT_THAT(clock_.waits(), SizeIs(0));
  ASSERT_TRUE(get().has_value());
  EXPECT_THAT(clock_.waits(), ElementsAre(seconds(91)));
  EXPECT_EQ(retrying().counts().retries, 0U);
}

TEST_F(Retry, NamesTheTimeWhenAFarWindowResets) {
  serve({limit_answer(200, "0", seconds(3600))});
  ASSERT_TRUE(get().has_value());
  const auto response = get();
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::RateLimited);
  EXPECT_THAT(response.error().message, HasSubstr("resets at 2026-01-02T04:04:06Z"));
  EXPECT_EQ(response.error().retry_after, seconds(3601));
  EXPECT_THAT(server_->seen(), SizeIs(1));
}

TEST_F(Retry, BelievesTheLowestCountOfAWindow) {
  serve({limit_answer(200, "3", seconds(90)), limit_answer(200, "5", seconds(90)),
         limit_answer(200, "40", seconds(190))});
  ASSERT_TRUE(get().has_value());
  ASSERT_TRUE(get().has_value());
  EXPECT_EQ(retrying().counts().remaining, 3U);
  ASSERT_TRUE(get().has_value());
  EXPECT_EQ(retrying().counts().remaining, 40U);
}

TEST_F(Retry, LetsTheCallerSayWhatARateLimitIs) {
  classify_ = [](const Response& response) {
    return response.status == 403 ? Verdict::RateLimited : default_verdict(response);
  };
  serve({{.status = 403},
         {.status = 403, .headers = {{"Retry-After", "5"}}},
         limit_answer(403, "0", seconds(120)),
         {.body = "ok"}});
  const auto response = get();
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "ok");
  // Without a hint the longest delay; with one the hint; the window's end (65 s have passed) and a
  // second.
  EXPECT_THAT(clock_.waits(), ElementsAre(seconds(60), seconds(5), seconds(56)));
}

TEST_F(Retry, LetsTheCallerEndTheAttempts) {
  classify_ = [](const Response&) { return Verdict::Fail; };
  serve({{.status = 500}});
  const auto response = get();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 500);
}

TEST_F(Retry, EndsARateLimitThatStays) {
  serve({{.status = 429, .headers = {{"Retry-After", "1"}}}});
  const auto response = get();
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::RateLimited);
  EXPECT_EQ(response.error().retry_after, seconds(1));
  EXPECT_THAT(server_->seen(), SizeIs(6));
}

TEST_F(Retry, SendsAPostAgainOnlyWhenItWasNotTaken) {
  for (const int status : {429, 503}) {
    serve({{.status = status}, {}});
    EXPECT_TRUE(get("POST").has_value());
    EXPECT_THAT(server_->seen(), SizeIs(2)) << status;
  }
  for (const int status : {500, 502, 504}) {
    serve({{.status = status}, {}});
    const auto response = get("POST");
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
    EXPECT_THAT(server_->seen(), SizeIs(1)) << status;
  }
  serve({{.ending = Ending::ResetAtOnce}, {}});
  EXPECT_FALSE(get("POST").has_value());
  EXPECT_THAT(server_->seen(), SizeIs(1));
}

TEST_F(Retry, SendsAPostAgainWhenNoConnectionCameAbout) {
  serve({});
  const std::string url = server_->url("/x");
  server_.reset();
  EXPECT_FALSE(send({.method = "POST", .url = url}).has_value());
  EXPECT_EQ(retrying().counts().requests, 6U);
}

TEST_F(Retry, KeepsToTheBudgetInEveryStretchOfTheInterval) {
  policy_.budget_requests = 3;
  policy_.budget_interval = minutes(1);
  serve({{}});
  std::vector<nanoseconds> sent;
  for (int call = 0; call < 8; ++call) {
    ASSERT_TRUE(get().has_value());
    sent.push_back(clock_.steady());
    clock_.advance(call == 0 ? seconds(40) : seconds(5));
  }
  for (std::size_t call = 3; call < sent.size(); ++call) {
    EXPECT_GE(sent[call] - sent[call - 3], minutes(1)) << call;
  }
  EXPECT_THAT(clock_.waits(), SizeIs(4));
}

TEST_F(Retry, SharesBudgetAndCountsBetweenThreads) {
  policy_.budget_requests = 10;
  policy_.budget_interval = minutes(1);
  server_ = FaultServer::start([](const SeenRequest&, int number) {
              return FaultAnswer{.status = number % 5 == 0 ? 503 : 200, .body = "x"};
            }).value();
  RetryingClient& shared = retrying();
  std::atomic<int> num_good = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int call = 0; call < 10; ++call) {
          if (shared.send({.url = server_->url("/x")})) ++num_good;
        }
      });
    }
  }
  EXPECT_EQ(num_good, 40);
  const RequestCounts counts = shared.counts();
  EXPECT_EQ(counts.requests, server_->seen().size());
  EXPECT_EQ(counts.retries, counts.requests - 40);
  EXPECT_EQ(counts.received_bytes, counts.requests);
  EXPECT_GE(clock_.steady(), minutes(1) * ((static_cast<int>(counts.requests) - 1) / 10));
}

TEST_F(Retry, IsCancelledWhileItWaits) {
  std::stop_source source;
  server_ = FaultServer::start([&](const SeenRequest&, int) {
              return FaultAnswer{.status = 503};
            }).value();
  classify_ = [&](const Response& response) {
    source.request_stop();
    return default_verdict(response);
  };
  const auto response = send({.url = server_->url("/x"), .stop = source.get_token()});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, ErrorKind::Cancelled);
  EXPECT_THAT(server_->seen(), SizeIs(1));
}

}  // namespace
}  // namespace inlet::net
