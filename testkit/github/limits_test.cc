#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

TEST(Limits, AreCountedInTheHeaders) {
  Simulated github({.settings = {{"rate_limit", "5000"}}});
  const auto first = github.get(kRepo);
  EXPECT_EQ(first.header("X-RateLimit-Limit"), "5000");
  EXPECT_EQ(first.header("X-RateLimit-Remaining"), "4999");
  EXPECT_EQ(first.header("X-RateLimit-Used"), "1");
  EXPECT_EQ(first.header("X-RateLimit-Resource"), "core");
  EXPECT_EQ(first.header("X-RateLimit-Reset"), "1790003600");
  EXPECT_EQ(github.header(kRepo, "X-RateLimit-Remaining"), "4998");
}

TEST(Limits, RefuseUntilTheWindowEnds) {
  Simulated github({.settings = {{"rate_limit", "2"}}});
  EXPECT_EQ(github.status(kRepo), 200);
  EXPECT_EQ(github.status(kRepo), 200);
  const auto refused = github.get(kRepo);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.header("X-RateLimit-Remaining"), "0");
  EXPECT_NE(refused.body.find("API rate limit exceeded"), std::string::npos);
  EXPECT_EQ(github.json("/rate_limit")["resources"]["core"]["remaining"], 0);
  github.clock().move(std::chrono::seconds(3600));
  EXPECT_EQ(github.status(kRepo), 200);
}

TEST(Limits, AskingForTheLimitCostsNothing) {
  Simulated github({.settings = {{"rate_limit", "10"}}});
  EXPECT_EQ(github.json("/rate_limit")["rate"]["remaining"], 10);
  EXPECT_EQ(github.json("/rate_limit")["rate"]["remaining"], 10);
}

TEST(Limits, AnUnchangedAnswerCostsNothing) {
  Simulated github({.settings = {{"rate_limit", "10"}}});
  const std::string etag = github.header(kRepo + "/issues", "ETag");
  const auto again = github.get(kRepo + "/issues", {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("X-RateLimit-Remaining"), "9");
  ASSERT_TRUE(github.simulator().mutate({{"issues", 200}}).has_value());
  EXPECT_EQ(github.get(kRepo + "/issues", {{"If-None-Match", etag}}).status, 200);
}

TEST(Limits, CarryTheClocksDateAndANewRequestId) {
  Simulated github;
  const auto first = github.get(kRepo);
  EXPECT_EQ(first.header("Date"), "Mon, 21 Sep 2026 14:13:20 GMT");
  EXPECT_NE(first.header("X-GitHub-Request-Id"), "");
  EXPECT_NE(github.header(kRepo, "X-GitHub-Request-Id"), first.header("X-GitHub-Request-Id"));
}

TEST(Limits, PrimaryLimitOnDemand) {
  Simulated github;
  github.simulator().set_faults({*Fault::parse("primary_limit,at=2,retry_after=5")});
  EXPECT_EQ(github.status(kRepo), 200);
  const auto refused = github.get(kRepo);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.header("X-RateLimit-Remaining"), "0");
  EXPECT_EQ(refused.header("X-RateLimit-Reset"), "1790000005");
  EXPECT_FALSE(refused.headers.contains("Retry-After"));
  EXPECT_EQ(github.status(kRepo), 200);
}

TEST(Limits, SecondaryLimitOnDemand) {
  Simulated github;
  github.simulator().set_faults({*Fault::parse("secondary_limit=429,at=1,retry_after=3")});
  const auto refused = github.get(kRepo);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "3");
  EXPECT_NE(refused.header("X-RateLimit-Remaining"), "0");
  EXPECT_NE(refused.body.find("secondary rate limit"), std::string::npos);
}

TEST(Gzip, CompressesForThoseWhoAcceptIt) {
  Simulated github({.settings = {{"gzip", "on"}}});
  const auto packed = github.get(kRepo + "/issues", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.json().size(), 30U);
  EXPECT_EQ(github.header(kRepo + "/issues", "Content-Encoding"), "");
}

}  // namespace
}  // namespace inlet::simulator
