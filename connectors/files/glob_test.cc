#include "connectors/files/glob.h"

#include <gtest/gtest.h>

namespace inlet::files {
namespace {

TEST(Glob, AStarStaysWithinAName) {
  EXPECT_TRUE(matches_glob("a.csv", "*.csv"));
  EXPECT_TRUE(matches_glob("x/a.csv", "x/*.csv"));
  EXPECT_TRUE(matches_glob("a", "*"));
  EXPECT_FALSE(matches_glob("x/a.csv", "*.csv"));
  EXPECT_FALSE(matches_glob("a.csv.gz", "*.csv"));
  EXPECT_TRUE(matches_glob("aXbXc", "a*b*c"));
}

TEST(Glob, TwoStarsReachAnyDepth) {
  EXPECT_TRUE(matches_glob("x/y/a.csv", "x/**"));
  EXPECT_TRUE(matches_glob("x/a.csv", "x/**/*.csv"));
  EXPECT_TRUE(matches_glob("x/y/z/a.csv", "x/**/*.csv"));
  EXPECT_TRUE(matches_glob("a.csv", "**/a.csv"));
  EXPECT_FALSE(matches_glob("xy/a.csv", "x/**"));
  EXPECT_FALSE(matches_glob("ba.csv", "**/a.csv"));
}

TEST(Glob, AQuestionMarkIsOneCharacter) {
  EXPECT_TRUE(matches_glob("a1.csv", "a?.csv"));
  EXPECT_FALSE(matches_glob("a.csv", "a?.csv"));
  EXPECT_FALSE(matches_glob("a/b", "a?b"));
}

TEST(Glob, AListingBeginsAtTheLastFolderWithoutAWildcard) {
  EXPECT_EQ(literal_folder("a/b/*.csv"), "a/b");
  EXPECT_EQ(literal_folder("a/b*/c"), "a");
  EXPECT_EQ(literal_folder("a/b.csv"), "a");
  EXPECT_EQ(literal_folder("*"), "");
}

}  // namespace
}  // namespace inlet::files
