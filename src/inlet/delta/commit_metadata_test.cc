#include "inlet/delta/commit_metadata.h"

#include <gtest/gtest.h>

namespace inlet::delta {
namespace {

TEST(CommitMetadata, ComesBackAsItWasGiven) {
  const Json entry = {{"offset", {{"n", "3"}}}, {"version", 7}};
  EXPECT_EQ(read_commit_metadata(to_commit_metadata(entry)), entry);
}

TEST(CommitMetadata, WhatOthersWriteIsNotOurs) {
  for (const char* text : {"", "nightly", "[]", "{}", R"({"inlet":5})", R"({"inlet":"x"})",
                           R"({"outlet":{"offset":{}}})"}) {
    EXPECT_EQ(read_commit_metadata(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace inlet::delta
