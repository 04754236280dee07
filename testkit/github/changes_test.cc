#include <algorithm>
#include <set>

#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

std::set<std::string> ids_of(const std::vector<Json>& records, const char* member = "id") {
  std::set<std::string> ids;
  for (const Json& record : records) ids.insert(record[member].dump());
  return ids;
}

TEST(Changes, MoveTheTimeOfChangeToNow) {
  Simulated github;
  const auto before = github.truth("issues");
  ASSERT_TRUE(github.simulator().mutate({{"issues", 10}}).has_value());
  const auto after = github.truth("issues");
  int num_changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    ++num_changed;
    EXPECT_EQ(after[i]["updated_at"], "2026-09-21T14:13:20Z");
    EXPECT_EQ(after[i]["id"], before[i]["id"]);
    EXPECT_NE(after[i]["title"], before[i]["title"]);
  }
  EXPECT_EQ(num_changed, 10);
  EXPECT_EQ(github.read_all(kRepo + "/issues?state=all&since=2026-01-01T00:00:00Z").size(), 10U);
}

TEST(Changes, CreateIssuesBehindTheOthers) {
  Simulated github;
  ASSERT_TRUE(github.simulator().mutate({{"create_issues", 3}}).has_value());
  const auto newest = github.json(kRepo + "/issues?state=all&per_page=3");
  EXPECT_EQ(newest[0]["number"], 203);
  EXPECT_EQ(newest[0]["created_at"], "2026-09-21T14:13:20Z");
  EXPECT_EQ(github.truth("issues").size(), 203U);
}

TEST(Changes, ACommentIsAChangeOfItsIssue) {
  Simulated github;
  const auto before = github.truth("issues");
  ASSERT_TRUE(github.simulator().mutate({{"create_comments", 1}}).has_value());
  const auto changed = github.read_all(kRepo + "/issues?state=all&since=2026-01-01T00:00:00Z");
  ASSERT_EQ(changed.size(), 1U);
  const Json& old = before[changed[0]["number"].get<std::size_t>() - 1];
  EXPECT_EQ(changed[0]["comments"].get<int>(), old["comments"].get<int>() + 1);
  EXPECT_EQ(changed[0]["title"], old["title"]);
}

TEST(Changes, PullRequestsChangeOnlyWithTheirTime) {
  Simulated github;
  const auto before = github.truth("pull_requests");
  ASSERT_TRUE(github.simulator()
                  .mutate({{"create_commits", 5},
                           {"create_issues", 40},
                           {"create_comments", 5},
                           {"branches", 3}})
                  .has_value());
  const auto after = github.truth("pull_requests");
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i]["updated_at"] == after[i]["updated_at"]) {
      EXPECT_EQ(before[i], after[i]);
    }
  }
}

TEST(Changes, BranchesComeChangeAndGo) {
  Simulated github;
  const auto before = github.truth("branches");
  ASSERT_TRUE(github.simulator()
                  .mutate({{"create_branches", 2}, {"delete_branches", 5}, {"branches", 4}})
                  .has_value());
  const auto after = github.truth("branches");
  EXPECT_EQ(after.size(), before.size() - 3);
  const auto old_names = ids_of(before, "name");
  const auto new_names = ids_of(after, "name");
  EXPECT_FALSE(
      std::includes(old_names.begin(), old_names.end(), new_names.begin(), new_names.end()));
  EXPECT_TRUE(new_names.contains("\"main\""));
  EXPECT_EQ(github.read_all(kRepo + "/branches"), after);
}

TEST(Changes, AreTheSameForTheSameSeed) {
  Simulated one;
  Simulated other;
  for (Simulated* github : {&one, &other}) {
    ASSERT_TRUE(github->simulator().mutate({{"issues", 7}, {"create_comments", 3}}).has_value());
    ASSERT_TRUE(
        github->simulator().mutate({{"issues", 7}, {"delete_collaborators", 1}}).has_value());
  }
  for (const char* table : {"issues", "comments", "collaborators"}) {
    const auto strip = [](std::string text, const std::string& url) {
      for (std::size_t at = 0; (at = text.find(url, at)) != std::string::npos;)
        text.erase(at, url.size());
      return text;
    };
    EXPECT_EQ(strip(*one.simulator().truth(table), one.simulator().base_url()),
              strip(*other.simulator().truth(table), other.simulator().base_url()));
  }
}

TEST(Changes, HappenBetweenPagesOnRequest) {
  Simulated github({.counts = {{"issues", 100}},
                    .settings = {{"mutate_every", "2"}, {"mutate", "issues=1+create_issues=1"}}});
  const auto issues =
      github.read_all(kRepo + "/issues?state=all&sort=updated&direction=asc&per_page=10");
  EXPECT_GT(issues.size(), 100U);
  EXPECT_GT(github.truth("issues").size(), 104U);
}

TEST(Changes, AUnknownNameIsRefused) {
  Simulated github;
  const auto refused = github.post("/_simulator/mutate?isues=1");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("did you mean"), std::string::npos);
}

TEST(Admin, TruthComesOverHttpAsJsonLines) {
  Simulated github({.counts = {{"issues", 3000}}});
  const auto lines = github.get("/_simulator/truth/issues");
  EXPECT_EQ(lines.status, 200);
  EXPECT_EQ(std::count(lines.body.begin(), lines.body.end(), '\n'), 3000);
  EXPECT_EQ(lines.body, *github.simulator().truth("issues"));
  const auto some = github.get(
      "/_simulator/truth?path=/repos/octo-org/spoon-knife/issues%3Fstate%3Dall%26direction%3Dasc");
  EXPECT_EQ(std::count(some.body.begin(), some.body.end(), '\n'), 300);
  EXPECT_EQ(github.status("/_simulator/truth/isues"), 404);
}

TEST(Admin, CountsRequestsByStatusAndPath) {
  Simulated github;
  github.get(kRepo + "/issues/1");
  github.get(kRepo + "/issues/2");
  github.get(kRepo + "/issues/99999");
  const Json counts = github.json("/_simulator/requests");
  EXPECT_EQ(counts["requests"], 3);
  EXPECT_EQ(counts["by_status"]["200"], 2);
  EXPECT_EQ(counts["by_status"]["404"], 1);
  EXPECT_EQ(counts["by_path"][kRepo + "/issues/{n}"], 3);
  EXPECT_EQ(github.erase("/_simulator/requests").json()["requests"], 0);
}

}  // namespace
}  // namespace inlet::simulator
