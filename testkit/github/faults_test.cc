#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

TEST(Faults, AStatusEveryThirdRequest) {
  Simulated github({.faults = {*Fault::parse("status=502,every=3")}});
  std::vector<int> statuses;
  for (int i = 0; i < 6; ++i) statuses.push_back(github.status(kRepo));
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 502, 200, 200, 502}));
}

TEST(Faults, OnOnePathAndSoOftenOnly) {
  Simulated github({.faults = {*Fault::parse("status=500,path=/issues,times=2")}});
  std::vector<int> statuses;
  for (int i = 0; i < 3; ++i) {
    statuses.push_back(github.status(kRepo + "/branches"));
    statuses.push_back(github.status(kRepo + "/issues"));
  }
  EXPECT_EQ(statuses, (std::vector<int>{200, 500, 200, 500, 200, 200}));
}

TEST(Faults, ResetsTheConnection) {
  Simulated github({.faults = {*Fault::parse("reset,at=1")}});
  EXPECT_EQ(github.status(kRepo), 0);
  EXPECT_EQ(github.status(kRepo), 200);
  EXPECT_EQ(github.simulator().requests().by_status.at(0), 1);
}

TEST(Faults, CutsTheBodyBehindItsPromise) {
  Simulated github({.faults = {*Fault::parse("cut,at=1,path=/issues")}});
  EXPECT_EQ(github.status(kRepo + "/issues"), 0);
  EXPECT_EQ(github.status(kRepo + "/issues"), 200);
}

TEST(Faults, TruncatesJsonInACompleteAnswer) {
  Simulated github({.faults = {*Fault::parse("truncate,at=1")}});
  const auto result = github.get(kRepo + "/issues");
  ASSERT_NE(result.status, 0);
  EXPECT_EQ(result.status, 200);
  EXPECT_FALSE(Json::accept(result.body));
  EXPECT_GT(result.body.size(), 100U);
}

TEST(Faults, AnswersSlowly) {
  Simulated github({.faults = {*Fault::parse("slow=30,at=1")}});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(github.status(kRepo), 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(30));
}

TEST(Faults, AreReplacedOverHttp) {
  Simulated github({.faults = {*Fault::parse("status=500")}});
  EXPECT_EQ(github.status(kRepo), 500);
  const auto post = [&](const std::string& body) {
    return github.post("/_simulator/faults", body).status;
  };
  EXPECT_EQ(post("status=503,retry_after=9,at=1\nstatus=429,at=2\n"), 204);
  EXPECT_EQ(github.header(kRepo, "Retry-After"), "9");
  EXPECT_EQ(github.status(kRepo), 429);
  EXPECT_EQ(post("status=many"), 400);
  EXPECT_EQ(post(""), 204);
  EXPECT_EQ(github.status(kRepo), 200);
}

}  // namespace
}  // namespace inlet::simulator
