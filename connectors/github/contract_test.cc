#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "inlet/base/try.h"
#include "inlet/connect/registry.h"
#include "inlet/net/http.h"
#include "inlet/store/store.h"
#include "testkit/contract_suite.h"
#include "testkit/github/simulator.h"
#include "testkit/manual_clock.h"

namespace inlet {
namespace {

using simulator::Fault;
using testing::IsEmpty;

using OptionMap = std::map<std::string, std::string>;

OptionMap options_of(const std::string& table) {
  if (table == "repositories" || table == "teams") return {{"org", "octo-org"}};
  if (table == "organizations" || table == "users") return {};
  return {{"owner", "octo-org"}, {"repo", "hello-world"}};
}

class GithubContract : public testing::TestWithParam<std::string> {
 protected:
  Result<std::unique_ptr<Source>> make() const {
    const Connector* connector = TRY(find_connector(registry(), "github"));
    const auto specs = TRY(connector->connection_options());
    const Options options = TRY(Options::make(
        specs, {{"token", "t0ken"}, {"base_url", simulator_->base_url()}}, "connection"));
    return connector->make(options, {clock_, *http_, *store_, Log()});
  }

  /// Those of `wanted` that the table under test knows.
  static std::vector<OptionMap> known_of(const std::vector<OptionMap>& wanted) {
    const auto specs = (*find_connector(registry(), "github"))->table_options(GetParam()).value();
    std::vector<OptionMap> known;
    for (const OptionMap& variant : wanted) {
      const bool is_known = std::ranges::any_of(
          specs, [&](const OptionSpec& spec) { return spec.name == variant.begin()->first; });
      if (is_known) known.push_back(variant);
    }
    return known;
  }

  std::vector<std::string> check(const std::vector<OptionMap>& variants) const {
    return testkit::check_contract(
        {.make = [this] { return make(); },
         .table = {.table = GetParam(), .options = options_of(GetParam())},
         .variants = known_of(variants),
         .max_resumes = 4});
  }

  testkit::ManualClock clock_{Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21))};
  std::unique_ptr<net::HttpClient> http_ =
      net::make_http_client({.stall_timeout = std::chrono::milliseconds(2000)});
  std::unique_ptr<store::Store> store_ = store::make_store({});
  std::unique_ptr<simulator::Simulator> simulator_ =
      simulator::make_github_simulator(
          {.counts = {{"issues", 16}}, .settings = {{"rate_limit", "1000000"}}, .clock = &clock_})
          .value();
};

TEST_P(GithubContract, IsKeptAtAnyPageSizeAndCap) {
  EXPECT_THAT(check({{{"page_size", "1"}}, {{"page_size", "7"}}, {{"max_records", "2"}}}),
              IsEmpty());
}

TEST_P(GithubContract, IsKeptWhileAnswersFail) {
  const char* faults[] = {"status=503,every=5", "reset,every=7", "cut,every=11",
                          "secondary_limit,every=13", "truncate,every=17"};
  std::vector<Fault> plan;
  for (const char* fault : faults) plan.push_back(Fault::parse(fault).value());
  simulator_->set_faults(plan);
  EXPECT_THAT(check({{{"page_size", "5"}}}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Tables, GithubContract,
                         testing::Values("issues", "pull_requests", "commits", "branches",
                                         "repositories", "organizations", "users", "comments",
                                         "reviews", "collaborators", "teams", "assignees"),
                         [](const auto& table) { return table.param; });

}  // namespace
}  // namespace inlet
