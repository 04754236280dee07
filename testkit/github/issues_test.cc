#include <algorithm>
#include <map>
#include <set>

#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

const std::string kAll = kRepo + "/issues?state=all&per_page=100";

std::vector<std::string> members(const std::vector<Json>& records, const char* name) {
  std::vector<std::string> values;
  for (const Json& record : records) values.push_back(record[name].dump());
  return values;
}

TEST(Issues, AreOpenUnlessAsked) {
  Simulated github;
  const auto open = github.read_all(kRepo + "/issues");
  const auto closed = github.read_all(kRepo + "/issues?state=closed");
  for (const Json& issue : open) EXPECT_EQ(issue["state"], "open");
  for (const Json& issue : closed) EXPECT_EQ(issue["state"], "closed");
  EXPECT_GT(open.size(), 0U);
  EXPECT_EQ(open.size() + closed.size(), github.read_all(kAll).size());
}

TEST(Issues, ComeNewestFirstUnlessAsked) {
  Simulated github;
  const auto created = members(github.read_all(kAll), "created_at");
  EXPECT_TRUE(std::is_sorted(created.rbegin(), created.rend()));
}

TEST(Issues, SortByUpdatedAscending) {
  Simulated github({.counts = {{"issues", 500}}});
  const auto updated = members(github.read_all(kAll + "&sort=updated&direction=asc"), "updated_at");
  EXPECT_TRUE(std::is_sorted(updated.begin(), updated.end()));
  EXPECT_EQ(updated.size(), 500U);
}

TEST(Issues, SortByComments) {
  Simulated github({.counts = {{"issues", 50}, {"comments", 120}}});
  const auto issues = github.read_all(kAll + "&sort=comments");
  for (std::size_t i = 1; i < issues.size(); ++i) {
    EXPECT_GE(issues[i - 1]["comments"].get<int>(), issues[i]["comments"].get<int>());
  }
}

TEST(Issues, SinceGivesWhatChangedFromThatSecondOn) {
  Simulated github({.counts = {{"issues", 300}}});
  const auto all = github.read_all(kAll + "&sort=updated&direction=asc");
  const std::string since = all[150]["updated_at"];
  const auto later = github.read_all(kAll + "&sort=updated&direction=asc&since=" + since);
  const auto expected = std::count_if(all.begin(), all.end(), [&](const Json& issue) {
    return issue["updated_at"].get<std::string>() >= since;
  });
  EXPECT_EQ(std::ssize(later), expected);
  EXPECT_EQ(later.front()["updated_at"], since);
  Simulated strict({.counts = {{"issues", 300}}, .settings = {{"since", "exclusive"}}});
  EXPECT_GT(strict.read_all(kAll + "&sort=updated&direction=asc&since=" + since)
                .front()["updated_at"]
                .get<std::string>(),
            since);
}

TEST(Issues, SinceTakesAnotherZoneAndAFraction) {
  Simulated github;
  const auto size = [&](const std::string& since) {
    return github.read_all(kAll + "&since=" + since).size();
  };
  const auto expected = size("2023-05-01T10:00:00Z");
  EXPECT_GT(expected, 0U);
  EXPECT_EQ(size("2023-05-01T12:00:00%2B02:00"), expected);
  EXPECT_EQ(size("2023-05-01T10:00:00.000Z"), expected);
}

TEST(Issues, IncludePullRequestsWithTheirMember) {
  Simulated github;
  std::size_t num_pulls = 0;
  for (const Json& issue : github.read_all(kAll)) num_pulls += issue.contains("pull_request");
  EXPECT_EQ(num_pulls, github.truth("pull_requests").size());
  EXPECT_EQ(num_pulls, 20U);
}

TEST(Issues, FilterByLabelAssigneeCreatorAndMilestone) {
  Simulated github;
  for (const Json& issue : github.read_all(kAll + "&labels=bug")) {
    EXPECT_NE(issue["labels"].dump().find("\"bug\""), std::string::npos);
  }
  for (const Json& issue : github.read_all(kAll + "&assignee=none")) {
    EXPECT_TRUE(issue["assignee"].is_null());
  }
  for (const Json& issue : github.read_all(kAll + "&creator=octocat")) {
    EXPECT_EQ(issue["user"]["login"], "octocat");
  }
  for (const Json& issue : github.read_all(kAll + "&milestone=2")) {
    EXPECT_EQ(issue["milestone"]["number"], 2);
  }
  EXPECT_GT(github.read_all(kAll + "&labels=bug").size(), 0U);
  EXPECT_GT(github.read_all(kAll + "&milestone=2").size(), 0U);
}

TEST(Issues, ManyShareTheirTimeOfChange) {
  Simulated github({.counts = {{"issues", 4000}}});
  std::map<std::string, int> at;
  int num_tied = 0;
  int largest = 0;
  for (const Json& issue : github.truth("issues")) ++at[issue["updated_at"]];
  for (const auto& [time, count] : at) {
    num_tied += count > 1 ? count : 0;
    largest = std::max(largest, count);
  }
  EXPECT_GT(num_tied, 400);
  EXPECT_GE(largest, 25);
  EXPECT_GT(at.size(), 2000U);
}

TEST(Issues, DifferBetweenRepositories) {
  Simulated github;
  std::set<std::string> ids;
  const auto first = github.truth("issues");
  const auto second = github.truth("/repos/octo-org/spoon-knife/issues?state=all");
  for (const Json& issue : first) ids.insert(issue["id"].dump());
  for (const Json& issue : second) ids.insert(issue["id"].dump());
  EXPECT_EQ(ids.size(), first.size() + second.size());
  EXPECT_EQ(second.size(), 20U);
}

TEST(Issues, HaveEveryMemberFilledSomewhereAndNullSomewhere) {
  Simulated github;
  std::set<std::string> filled;
  std::set<std::string> absent;
  for (const Json& issue : github.truth("issues")) {
    for (const auto& [name, value] : issue.items()) {
      (value.is_null() || value == Json::array() ? absent : filled).insert(name);
      if (!value.is_null()) filled.insert(name);
    }
  }
  for (const char* name : {"body", "assignee", "labels", "milestone", "closed_at", "state_reason",
                           "active_lock_reason"}) {
    EXPECT_TRUE(filled.contains(name)) << name;
    EXPECT_TRUE(absent.contains(name)) << name;
  }
}

TEST(Issues, CompactOnesAreAboutSixHundredBytes) {
  Simulated github(
      {.counts = {{"issues", 2000}, {"commits", 1}}, .settings = {{"issue_shape", "compact"}}});
  const std::size_t size = github.simulator().truth("issues")->size() / 2000;
  EXPECT_GE(size, 580U);
  EXPECT_LE(size, 605U);
}

TEST(Issues, AreTheSameForTheSameSeedOnly) {
  const auto titles = [](std::uint64_t seed) {
    Simulated github({.seed = seed, .counts = {{"issues", 20}}});
    return members(github.truth("issues"), "title");
  };
  EXPECT_EQ(titles(7), titles(7));
  EXPECT_NE(titles(7), titles(8));
}

TEST(Comments, BelongToTheIssuesThatCountThem) {
  Simulated github({.counts = {{"issues", 40}, {"comments", 100}}});
  std::size_t total = 0;
  for (const Json& issue : github.truth("issues")) {
    const auto comments =
        github.read_all(kRepo + "/issues/" + issue["number"].dump() + "/comments");
    EXPECT_EQ(comments.size(), issue["comments"].get<std::size_t>());
    for (const Json& comment : comments) {
      EXPECT_TRUE(
          comment["issue_url"].get<std::string>().ends_with("/issues/" + issue["number"].dump()));
    }
    total += comments.size();
  }
  EXPECT_EQ(total, 100U);
  EXPECT_EQ(github.truth("comments").size(), 100U);
}

TEST(Comments, AreSortedByUpdatedAndFilteredBySince) {
  Simulated github({.counts = {{"issues", 200}, {"comments", 200}}});
  const auto all = github.read_all(kRepo + "/issues/comments?per_page=100&sort=updated");
  const auto updated = members(all, "updated_at");
  EXPECT_TRUE(std::is_sorted(updated.begin(), updated.end()));
  const std::string since = all[120]["updated_at"];
  for (const Json& comment : github.read_all(kRepo + "/issues/comments?since=" + since)) {
    EXPECT_GE(comment["updated_at"].get<std::string>(), since);
  }
}

}  // namespace
}  // namespace inlet::simulator
