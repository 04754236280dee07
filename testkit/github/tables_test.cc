#include <algorithm>
#include <set>

#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

TEST(Tables, EachIsReadCompletelyOverHttp) {
  Simulated github;
  const std::map<std::string, std::string> lists = {
      {"issues", kRepo + "/issues?state=all&direction=asc"},
      {"pull_requests", kRepo + "/pulls?state=all&direction=asc"},
      {"commits", kRepo + "/commits"},
      {"branches", kRepo + "/branches"},
      {"repositories", "/orgs/octo-org/repos"},
      {"organizations", "/user/orgs"},
      {"users", "/users"},
      {"comments", kRepo + "/issues/comments"},
      {"collaborators", kRepo + "/collaborators"},
      {"teams", "/orgs/octo-org/teams"},
      {"assignees", kRepo + "/assignees"}};
  for (const auto& [table, list] : lists) {
    const auto truth = github.truth(table);
    EXPECT_GT(truth.size(), 1U) << table;
    EXPECT_EQ(github.read_all(list), truth) << table;
  }
}

TEST(Tables, ReviewsHangOnTheirPullRequests) {
  Simulated github;
  std::vector<Json> reviews;
  for (const Json& pull : github.truth("pull_requests")) {
    const std::string list = kRepo + "/pulls/" + pull["number"].dump() + "/reviews";
    for (Json& review : github.read_all(list)) {
      EXPECT_TRUE(review["pull_request_url"].get<std::string>().ends_with("/pulls/" +
                                                                          pull["number"].dump()));
      reviews.push_back(std::move(review));
    }
  }
  EXPECT_GT(reviews.size(), 10U);
  EXPECT_EQ(reviews, github.truth("reviews"));
}

TEST(Tables, RecordsHaveUniqueIds) {
  Simulated github({.counts = {{"issues", 600}}});
  for (const char* table : {"issues", "pull_requests", "users", "comments", "reviews", "teams",
                            "organizations", "repositories"}) {
    std::set<std::string> ids;
    const auto records = github.truth(table);
    for (const Json& record : records) ids.insert(record["id"].dump());
    EXPECT_EQ(ids.size(), records.size()) << table;
  }
}

TEST(Tables, CommitsFormAChainNewestFirst) {
  Simulated github({.counts = {{"commits", 40}}});
  const auto commits = github.read_all(kRepo + "/commits");
  ASSERT_EQ(commits.size(), 40U);
  for (std::size_t i = 1; i < commits.size(); ++i) {
    EXPECT_EQ(commits[i - 1]["parents"][0]["sha"], commits[i]["sha"]);
    EXPECT_GE(commits[i - 1]["commit"]["committer"]["date"].get<std::string>(),
              commits[i]["commit"]["committer"]["date"].get<std::string>());
  }
  EXPECT_EQ(commits.back()["parents"], Json::array());
  const std::string sha = commits[7]["sha"];
  EXPECT_EQ(github.json(kRepo + "/commits/" + sha)["sha"], sha);
}

TEST(Tables, CommitsBetweenSinceAndUntil) {
  Simulated github({.counts = {{"commits", 100}}});
  const auto between =
      github.read_all(kRepo + "/commits?since=2021-01-01T00:00:00Z&until=2022-01-01T00:00:00Z");
  EXPECT_GT(between.size(), 10U);
  EXPECT_LT(between.size(), 30U);
  for (const Json& commit : between) {
    EXPECT_EQ(commit["commit"]["committer"]["date"].get<std::string>().substr(0, 4), "2021");
  }
}

TEST(Tables, SingleRecordsAreFoundByTheirNames) {
  Simulated github;
  EXPECT_EQ(github.json(kRepo)["full_name"], "octo-org/hello-world");
  EXPECT_EQ(github.json("/repos/Octo-Org/Hello-World")["id"], 1296200);
  EXPECT_EQ(github.json("/repositories/1296200")["name"], "hello-world");
  EXPECT_EQ(github.json("/orgs/octo-org")["login"], "octo-org");
  EXPECT_EQ(github.json("/users/octocat")["login"], "octocat");
  EXPECT_EQ(github.json("/user")["plan"]["name"], "Medium");
  EXPECT_EQ(github.json(kRepo + "/issues/3")["number"], 3);
  EXPECT_EQ(github.json(kRepo + "/pulls/10")["number"], 10);
  EXPECT_TRUE(github.json("/").contains("current_user_url"));
}

TEST(Tables, PullRequestsFilterAndSortAsDocumented) {
  Simulated github({.counts = {{"issues", 600}}});
  for (const Json& pull : github.read_all(kRepo + "/pulls?base=develop&state=all")) {
    EXPECT_EQ(pull["base"]["ref"], "develop");
  }
  const auto pulls = github.read_all(kRepo + "/pulls?state=all&sort=updated");
  ASSERT_EQ(pulls.size(), 60U);
  EXPECT_TRUE(std::is_sorted(pulls.begin(), pulls.end(), [](const Json& a, const Json& b) {
    return a["updated_at"] < b["updated_at"];
  }));
}

TEST(Tables, BranchesAreProtectedOrNot) {
  Simulated github;
  const auto all = github.read_all(kRepo + "/branches");
  const auto guarded = github.read_all(kRepo + "/branches?protected=true");
  EXPECT_EQ(all.size(), 24U);
  EXPECT_EQ(guarded.size(), 3U);
  for (const Json& branch : guarded) EXPECT_EQ(branch["protected"], true);
}

}  // namespace
}  // namespace inlet::simulator
