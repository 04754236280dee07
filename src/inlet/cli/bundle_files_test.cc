#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/base/document.h"
#include "inlet/cli/bundle_files_internal.h"

namespace inlet::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

BundlePlan plan() {
  return {.name = "my-github",
          .spec = {.name = "my-github.yaml", .text = "connection_name: c\n"},
          .connection = {.text = "{}", .variables = {"GITHUB_TOKEN"}},
          .warehouse = "s3://bucket/lake"};
}

TEST(BundleFiles, TheJobTakesSecretsFromTheScope) {
  const std::string job = bundle_files(plan()).at("resources/my_github.yml");
  EXPECT_THAT(job, HasSubstr("GITHUB_TOKEN: \"{{secrets/${var.secret_scope}/GITHUB_TOKEN}}\""));
  EXPECT_THAT(job, Not(HasSubstr("schedule")));
}

TEST(BundleFiles, EveryFileIsYaml) {
  BundlePlan full = plan();
  full.schedule = "0 0 * * * ?";
  full.wheel = "inlet.whl";
  for (const BundlePlan& one : {plan(), full}) {
    for (const auto& [path, text] : bundle_files(one)) {
      if (path.ends_with(".py")) continue;
      const auto parsed = Document::parse(text, path);
      EXPECT_TRUE(parsed) << path << ": " << parsed.error().message;
    }
  }
}

}  // namespace
}  // namespace inlet::cli
