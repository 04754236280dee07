#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/cli/portable_connection_internal.h"

namespace inlet::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<OptionSpec> specs() {
  return {{.name = "token", .type = OptionType::Secret}, {.name = "base_url"}, {.name = "zone"}};
}

TEST(PortableConnection, ALiteralSecretIsLeftToTheEnvironment) {
  const auto portable = to_portable({.name = "my-github",
                                     .connector = "github",
                                     .parameters = {{"token", "ghp_secret"}, {"zone", "eu"}}},
                                    specs());
  EXPECT_THAT(portable.text, Not(HasSubstr("ghp_secret")));
  EXPECT_THAT(portable.text, HasSubstr("\"token\": \"${env:INLET_MY_GITHUB_TOKEN}\""));
  EXPECT_THAT(portable.text, HasSubstr("\"zone\": \"eu\""));
  EXPECT_THAT(portable.variables, ElementsAre("INLET_MY_GITHUB_TOKEN"));
}

TEST(PortableConnection, WhatTheEnvironmentGivesKeepsItsNameAndACommandGetsOne) {
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

TEST(PortableConnection, AParameterThatTheConnectorDoesNotKnowIsTakenForASecret) {
  const auto portable =
      to_portable({.name = "c", .connector = "github", .parameters = {{"tokn", "x1"}}}, specs());
  EXPECT_THAT(portable.text, Not(HasSubstr("x1")));
}

}  // namespace
}  // namespace inlet::cli
