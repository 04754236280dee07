#include "testkit/github/simulated.h"

namespace inlet::simulator {
namespace {

TEST(Refusals, AnswerNotFoundInGitHubsShape) {
  Simulated github;
  for (const char* target :
       {"/repos/octo-org/nothing/issues", "/repos/octo-org/hello-world/nothing", "/orgs/nobody",
        "/repos/octo-org/hello-world/pulls/1/reviews", "/repos/octo-org/hello-world/issues/100000",
        "/repositories/1/issues"}) {
    const auto result = github.get(target);
    ASSERT_NE(result.status, 0);
    EXPECT_EQ(result.status, 404) << target;
    EXPECT_EQ(result.json()["message"], "Not Found");
  }
}

TEST(Refusals, AnEmptyRepositoryHasIssuesButNoGitData) {
  Simulated github;
  EXPECT_EQ(github.json("/repos/octo-org/empty-repo/issues"), Json::array());
  const auto result = github.get("/repos/octo-org/empty-repo/commits");
  EXPECT_EQ(result.status, 409);
  EXPECT_EQ(result.json()["message"], "Git Repository is empty.");
}

TEST(Refusals, BadValuesNameTheirField) {
  Simulated github;
  for (const char* query : {"state=gone", "sort=size", "direction=up", "since=yesterday",
                            "since=2023-13-01T00:00:00Z"}) {
    const auto result = github.get(kRepo + "/issues?" + query);
    ASSERT_EQ(result.status, 422) << query;
    const Json body = result.json();
    EXPECT_EQ(body["message"], "Validation Failed");
    EXPECT_EQ(body["errors"][0]["code"], "invalid");
    EXPECT_EQ(body["errors"][0]["field"],
              std::string(query).substr(0, std::string(query).find('=')));
  }
}

TEST(Refusals, WantTheConfiguredToken) {
  Simulated github({.settings = {{"token", "right"}}});
  const auto status = [&](const char* authorization) {
    return github.get("/user", {{"Authorization", authorization}}).status;
  };
  github.sign_out();
  EXPECT_EQ(status("Bearer wrong"), 401);
  EXPECT_EQ(status("Bearer right"), 200);
  EXPECT_EQ(status("token right"), 200);
  EXPECT_EQ(status("right"), 401);
  const auto missing = github.get(kRepo + "/issues");
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.json()["message"], "Requires authentication");
}

TEST(Refusals, WithoutATokenPublicDataOnly) {
  Simulated github;
  github.sign_out();
  EXPECT_EQ(github.status(kRepo + "/issues"), 200);
  EXPECT_EQ(github.status("/user"), 401);
  EXPECT_EQ(github.status(kRepo + "/collaborators"), 401);
  EXPECT_EQ(github.header(kRepo, "X-RateLimit-Limit"), "60");
}

TEST(Refusals, WithoutRightsNoCollaboratorsAndTeams) {
  Simulated github({.settings = {{"rights", "read"}}});
  EXPECT_EQ(github.status(kRepo + "/collaborators"), 403);
  EXPECT_EQ(github.status("/orgs/octo-org/teams"), 403);
  EXPECT_EQ(github.status(kRepo + "/assignees"), 200);
}

TEST(Refusals, WantASupportedVersion) {
  Simulated github;
  EXPECT_EQ(github.get(kRepo, {{"X-GitHub-Api-Version", "2022-11-28"}}).status, 200);
  EXPECT_EQ(github.get(kRepo, {{"X-GitHub-Api-Version", "2001-01-01"}}).status, 400);
}

TEST(Refusals, ARenamedRepositoryMoves) {
  Simulated github;
  const auto result = github.get("/repos/octo-org/hello-world-old/issues");
  EXPECT_EQ(result.status, 301);
  EXPECT_EQ(result.header("Location"),
            github.simulator().base_url() + "/repositories/1296200/issues");
}

TEST(Refusals, NothingIsWritten) {
  Simulated github;
  EXPECT_EQ(github.post(kRepo + "/issues", "{}").status, 404);
  EXPECT_EQ(github.status(kRepo + "/issues"), 200);
}

TEST(Options, UnknownNamesAreRefusedWithASuggestion) {
  const auto message = [](const SimulatorOptions& options) {
    const auto made = make_github_simulator(options);
    return made ? std::string("made") : made.error().message;
  };
  EXPECT_EQ(message({.counts = {{"isues", 1}}}), "no count \"isues\" (did you mean \"issues\"?)");
  EXPECT_EQ(message({.settings = {{"tokn", "x"}}}),
            "no setting \"tokn\" (did you mean \"token\"?)");
  EXPECT_EQ(message({.settings = {{"gzip", "yes"}}}), "gzip is off or on, not \"yes\"");
  EXPECT_EQ(message({.settings = {{"mutate", "isues=1"}}}),
            "no change \"isues\" (did you mean \"issues\"?)");
}

}  // namespace
}  // namespace inlet::simulator
