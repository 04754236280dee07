#include "inlet/cli/generated_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "testkit/temporary_folder.h"

namespace inlet::cli {
namespace {

using testing::HasSubstr;

class GeneratedFolder : public testing::Test {
 protected:
  std::string text_of(const std::string& path) {
    std::ifstream in(folder_ / path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void put(const std::string& path, const std::string& text) {
    std::ofstream(folder_ / path) << text;
  }
  bool is_there(const std::string& path) { return std::filesystem::exists(folder_ / path); }

  testkit::TemporaryFolder folder_;
};

TEST_F(GeneratedFolder, FilesOfTheLastTimeAreReplacedAndRemoved) {
  ASSERT_TRUE(write_generated(folder_.path(), {{"a.txt", "1"}, {"sub/b c.txt", "1"}}));
  ASSERT_TRUE(write_generated(folder_.path(), {{"a.txt", "2"}}));
  EXPECT_EQ(text_of("a.txt"), "2");
  EXPECT_FALSE(is_there("sub/b c.txt"));
}

TEST_F(GeneratedFolder, AFileOfSomebodyElseIsNotReplaced) {
  put("a.txt", "mine");
  const Status refused = write_generated(folder_.path(), {{"0.txt", "1"}, {"a.txt", "1"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_THAT(refused.error().message, HasSubstr("a.txt is there"));
  EXPECT_EQ(text_of("a.txt"), "mine");
  EXPECT_FALSE(is_there("0.txt"));
}

TEST_F(GeneratedFolder, AFileThatWasChangedIsKept) {
  ASSERT_TRUE(write_generated(folder_.path(), {{"a.txt", "1"}, {"b.txt", "1"}}));
  put("a.txt", "changed");
  EXPECT_FALSE(write_generated(folder_.path(), {{"a.txt", "2"}}));
  EXPECT_TRUE(write_generated(folder_.path(), {{"b.txt", "2"}}));
  EXPECT_EQ(text_of("a.txt"), "changed");
}

TEST_F(GeneratedFolder, WhatIsThereAlreadyIsNoConflict) {
  put("a.txt", "1");
  EXPECT_TRUE(write_generated(folder_.path(), {{"a.txt", "1"}}));
}

}  // namespace
}  // namespace inlet::cli
