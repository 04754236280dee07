#include "inlet/cli/store_options.h"

#include <gtest/gtest.h>

namespace inlet::cli {
namespace {

pipeline::SecretResolver resolver_of(const std::map<std::string, std::string>& environment) {
  return {.environment = [environment](const std::string& name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            if (found == environment.end()) return std::nullopt;
            return found->second;
          },
          .command = {}};
}

TEST(StoreOptions, TakesTheCloudsOwnVariables) {
  const auto options =
      store_options({}, resolver_of({{"AWS_REGION", "eu"}, {"AWS_PROFILE", "mine"}}));
  ASSERT_TRUE(options.has_value());
  ASSERT_EQ(options->size(), 1U);
  EXPECT_EQ(options->at("aws_region").reveal(), "eu");
}

TEST(StoreOptions, PutsTheCommandLineFirstAndResolvesIt) {
  const auto options = store_options({"AWS_REGION=us", "aws_secret_access_key=${env:MY_KEY}"},
                                     resolver_of({{"AWS_REGION", "eu"}, {"MY_KEY", "abc"}}));
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->at("aws_region").reveal(), "us");
  EXPECT_EQ(options->at("aws_secret_access_key").reveal(), "abc");
}

TEST(StoreOptions, RefusesLiteralSecretsAndBadPairs) {
  for (const char* pair :
       {"aws_secret_access_key=x", "azure_storage_sas_token=x", "nothing", "=x"}) {
    const auto options = store_options({pair}, resolver_of({}));
    ASSERT_FALSE(options.has_value()) << pair;
    EXPECT_EQ(options.error().kind, ErrorKind::Config);
  }
  EXPECT_TRUE(store_options({"aws_access_key_id=AKIA"}, resolver_of({})));
}

}  // namespace
}  // namespace inlet::cli
