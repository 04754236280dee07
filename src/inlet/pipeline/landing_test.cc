#include "inlet/pipeline/landing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testkit/temporary_folder.h"

namespace inlet::pipeline {
namespace {

using testkit::TemporaryFolder;

class LandingTest : public testing::Test {
 protected:
  Landing open() { return Landing::open(*store_, folder_.path().string()).value(); }
  std::filesystem::path only_file() {
    return std::filesystem::directory_iterator(folder_.path())->path();
  }

  TemporaryFolder folder_;
  std::unique_ptr<store::Store> store_ = store::make_store({});
};

Page example_page() {
  return {.body = "[{\"id\": 1}]\n",
          .format = PageFormat::Json,
          .records = "/items",
          .binary = BinarySpelling::Base64,
          .added = {{"repo", "\"hello\""}},
          .duplicates = {3},
          .filtered = {1, 2},
          .offset = Offset::at("after", "2026-01-02"),
          .origin = {.url = "https://api.example/x",
                     .request_id = "r1",
                     .byte_offset = 7,
                     .fetched_at = Timestamp(std::chrono::microseconds(5))}};
}

TEST_F(LandingTest, PagesComeBackAsTheyWere) {
  const Page page = example_page();
  ASSERT_TRUE(open().write(1, {page, {.body = "x\n", .format = PageFormat::Csv}}));
  const auto pages = open().read(1);
  ASSERT_TRUE(pages) << pages.error().message;
  ASSERT_EQ(pages->size(), 2);
  const Page& read = pages->front();
  EXPECT_EQ(read.body, page.body);
  EXPECT_EQ(read.format, page.format);
  EXPECT_EQ(read.records, page.records);
  EXPECT_EQ(read.binary, page.binary);
  EXPECT_EQ(read.added, page.added);
  EXPECT_EQ(read.duplicates, page.duplicates);
  EXPECT_EQ(read.filtered, page.filtered);
  EXPECT_EQ(read.offset, page.offset);
  EXPECT_EQ(read.origin.url, page.origin.url);
  EXPECT_EQ(read.origin.request_id, page.origin.request_id);
  EXPECT_EQ(read.origin.byte_offset, page.origin.byte_offset);
  EXPECT_EQ(read.origin.fetched_at, page.origin.fetched_at);
  EXPECT_EQ(pages->back().body, "x\n");
  EXPECT_EQ(pages->back().format, PageFormat::Csv);
}

TEST_F(LandingTest, ASegmentIsNeverWrittenTwice) {
  ASSERT_TRUE(open().write(1, {example_page()}));
  const Status second = open().write(1, {example_page()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
}

TEST_F(LandingTest, ADamagedSegmentIsAnError) {
  ASSERT_TRUE(open().write(1, {example_page()}));
  std::fstream(only_file(), std::ios::in | std::ios::out | std::ios::ate).write("!", 1);
  const auto pages = open().read(1);
  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::Config);
  EXPECT_THAT(pages.error().message, testing::HasSubstr("damaged"));
}

TEST_F(LandingTest, SharesOfAPlanAreSegmentsOfTheirOwn) {
  ASSERT_TRUE(open().write(1, {example_page()}));
  ASSERT_TRUE(open().write_shares(2, {{.partition = {{"path", "a"}}, .num_bytes = 30},
                                      {.partition = {{"path", "b"}}, .num_bytes = 12}}));
  const auto shares = open().read_shares(1, 3);
  ASSERT_TRUE(shares) << shares.error().message;
  EXPECT_EQ(*shares,
            (std::map<std::uint64_t, Partition>{{2, {{"path", "a"}}}, {3, {{"path", "b"}}}}));
  EXPECT_THAT(open().read_shares(1, 1).value(), testing::IsEmpty());
  EXPECT_EQ(open().num_bytes(2, 3), 42);
  EXPECT_EQ(open().num_bytes(1, 3),
            42 + std::filesystem::file_size(folder_ / "000000000001.pages"));
  ASSERT_TRUE(open().remove(0, 3));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(LandingTest, ADamagedPlanIsAnError) {
  ASSERT_TRUE(open().write_shares(1, {{.partition = {{"path", "a"}}}}));
  std::fstream(only_file(), std::ios::in | std::ios::out | std::ios::ate).write("!", 1);
  const auto shares = open().read_shares(1, 1);
  ASSERT_FALSE(shares);
  EXPECT_THAT(shares.error().message, testing::HasSubstr("damaged"));
}

TEST_F(LandingTest, AMissingSegmentIsAnError) {
  const auto pages = open().read(1);
  ASSERT_FALSE(pages);
  EXPECT_THAT(pages.error().message, testing::HasSubstr("missing"));
}

TEST_F(LandingTest, RemovesWhatLiesInTheRange) {
  for (const std::uint64_t segment : {1, 2, 3, 10}) {
    ASSERT_TRUE(open().write(segment, {example_page()}));
  }
  ASSERT_TRUE(open().remove(2, 3));
  EXPECT_TRUE(open().read(1));
  EXPECT_FALSE(open().read(2));
  EXPECT_FALSE(open().read(3));
  EXPECT_TRUE(open().read(10));
  ASSERT_TRUE(open().remove(0, Landing::kLastSegment));
  EXPECT_FALSE(open().read(10));
}

TEST_F(LandingTest, WhatWasRefusedIsKeptOnce) {
  const std::string folder = folder_.path().string();
  EXPECT_THAT(Landing::read_refused(*store_, folder).value(), testing::IsEmpty());
  ASSERT_TRUE(open().write(3, {example_page()}));
  ASSERT_TRUE(open().write_refused(3, "[1]"));
  ASSERT_TRUE(open().write_refused(3, "[1]"));
  const auto refused = Landing::read_refused(*store_, folder).value();
  EXPECT_THAT(refused, testing::ElementsAre(testing::Pair(testing::HasSubstr("/refused/"), "[1]")));
}

TEST_F(LandingTest, WhatWasRefusedIsRemovedAloneAndMayBeGoneAlready) {
  const std::string folder = folder_.path().string();
  ASSERT_TRUE(open().write(3, {example_page()}));
  ASSERT_TRUE(open().write_refused(3, "[1]"));
  const std::vector<std::string> urls = {Landing::read_refused(*store_, folder)->begin()->first};
  ASSERT_TRUE(Landing::remove_refused(*store_, urls));
  EXPECT_THAT(Landing::read_refused(*store_, folder).value(), testing::IsEmpty());
  EXPECT_TRUE(Landing::remove_refused(*store_, urls));
  EXPECT_TRUE(open().read(3));
}

TEST_F(LandingTest, AnEmptyLandingHasNothingToRemove) {
  EXPECT_TRUE(Landing::open(*store_, (folder_.path() / "none").string())->remove(0, 9));
}

}  // namespace
}  // namespace inlet::pipeline
