#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/base/document.h"
#include "inlet/cli/bundle_files_internal.h"

namespace inlet::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<OptionSpec> specs() {
  return {{.name = "token", .type = OptionType::Secret}, {.name = "base_url"}, {.name = "zone"}};
}

BundlePlan plan() {
  return {.name = "my-github",
          .spec = {.name = "my-github.yaml", .text = "connection_name: c\n"},
          .connection = {.text = "{}", .variables = {"GITHUB_TOKEN"}},
          .warehouse = "s3://bucket/lake"};
}

TEST(BundleFiles, ALiteralSecretIsLeftToTheEnvironment) {
  const auto portable = to_portable({.name = "my-github",
                                     .connector = "github",
                                     .parameters = {{"token", "ghp_secret"}, {"zone", "eu"}}},
                                    specs());
  EXPECT_THAT(portable.text, Not(HasSubstr("ghp_secret")));
  EXPECT_THAT(portable.text, HasSubstr("\"token\": \"${env:INLET_MY_GITHUB_TOKEN}\""));
  EXPECT_THAT(portable.text, HasSubstr("\"zone\": \"eu\""));
  EXPECT_THAT(portable.variables, ElementsAre("INLET_MY_GITHUB_TOKEN"));
}

TEST(BundleFiles, WhatTheEnvironmentGivesKeepsItsNameAndACommandGetsOne) {
  const auto portable =
      to_portable({.name = "c",
                   .connector = "github",
                   .parameters = {{"token", "${env:TOKEN}"},
                                  {"base_url", "https://${env:HOST}/${env:PATH_OF_API}"},
                                  {"zone", "${cmd:cat zone}"}}},
                  specs());
  EXPECT_THAT(portable.variables, ElementsAre("HOST", "INLET_C_ZONE", "PATH_OF_API", "TOKEN"));
  EXPECT_THAT(portable.text, Not(HasSubstr("${cmd:")));
}

TEST(BundleFiles, AParameterThatTheConnectorDoesNotKnowIsTakenForASecret) {
  const auto portable =
      to_portable({.name = "c", .connector = "github", .parameters = {{"tokn", "x1"}}}, specs());
  EXPECT_THAT(portable.text, Not(HasSubstr("x1")));
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
