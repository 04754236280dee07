#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

TEST(Paging, ServesThirtyRecordsUnlessAsked) {
  Simulated github({.counts = {{"issues", 100}}});
  EXPECT_EQ(github.json(kRepo + "/issues?state=all").size(), 30U);
  EXPECT_EQ(github.json(kRepo + "/issues?state=all&per_page=7").size(), 7U);
}

TEST(Paging, ServesAtMostAHundredRecords) {
  Simulated github({.counts = {{"issues", 300}}});
  EXPECT_EQ(github.json(kRepo + "/issues?state=all&per_page=250").size(), 100U);
}

TEST(Paging, LinksFirstMiddleAndLastPageAsDocumented) {
  Simulated github({.counts = {{"issues", 100}}});
  const std::string base = "<" + github.simulator().base_url() +
                           "/repositories/1296200/issues?per_page=40&state=all&page=";
  const std::string list = kRepo + "/issues?state=all&per_page=40";
  EXPECT_EQ(github.header(list, "Link"), base + "2>; rel=\"next\", " + base + "3>; rel=\"last\"");
  EXPECT_EQ(github.header(list + "&page=2", "Link"),
            base + "1>; rel=\"prev\", " + base + "3>; rel=\"next\", " + base +
                "3>; rel=\"last\", " + base + "1>; rel=\"first\"");
  EXPECT_EQ(github.header(list + "&page=3", "Link"),
            base + "2>; rel=\"prev\", " + base + "1>; rel=\"first\"");
}

TEST(Paging, HasNoLinkWhenAllFitsOnOnePage) {
  Simulated github({.counts = {{"issues", 10}}});
  EXPECT_EQ(github.header(kRepo + "/issues?state=all", "Link"), "");
}

TEST(Paging, IsEmptyBehindTheLastPage) {
  Simulated github({.counts = {{"issues", 10}}});
  EXPECT_TRUE(github.json(kRepo + "/issues?state=all&page=9").empty());
  EXPECT_TRUE(github.json(kRepo + "/issues?state=all&page=999999999999").empty());
}

TEST(Paging, GivesEveryRecordOnceAtAnyPageSize) {
  Simulated github({.counts = {{"issues", 57}}});
  const auto truth = github.truth("issues");
  ASSERT_EQ(truth.size(), 57U);
  for (const char* size : {"1", "2", "30", "56", "57", "100"}) {
    EXPECT_EQ(github.read_all(kRepo + "/issues?state=all&direction=asc&per_page=" + size), truth);
  }
}

TEST(Paging, KeepsTheQueryInItsLinks) {
  Simulated github({.counts = {{"issues", 100}}});
  const auto issues = github.read_all(kRepo + "/issues?state=closed&labels=bug&per_page=3");
  ASSERT_GT(issues.size(), 3U);
  for (const Json& issue : issues) EXPECT_EQ(issue["state"], "closed");
}

TEST(Paging, UsersPageBySinceId) {
  Simulated github({.counts = {{"users", 25}}});
  const auto first = github.get("/users?per_page=10");
  const auto users = first.json();
  const std::string link = first.header("Link");
  EXPECT_NE(link.find("since=" + users[9]["id"].dump()), std::string::npos) << link;
  EXPECT_EQ(link.find("rel=\"last\""), std::string::npos);
  EXPECT_EQ(github.read_all("/users?per_page=10"), github.truth("users"));
  EXPECT_EQ(github.truth("users").size(), 25U);
}

}  // namespace
}  // namespace inlet::simulator
