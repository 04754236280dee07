#include "inlet/connect/offset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet {
namespace {

TEST(Offset, IsComparedByContentAndWrittenInSortedOrder) {
  const Result<Offset> one = Offset::parse(R"({"b": 1, "a": {"d": true, "c": ["x"]}})");
  const Result<Offset> two = Offset::parse(R"({"a": {"c": ["x"], "d": true}, "b": 1})");
  ASSERT_TRUE(one.has_value() && two.has_value());
  EXPECT_EQ(*one, *two);
  EXPECT_EQ(one->to_text(), R"({"a":{"c":["x"],"d":true},"b":1})");
  EXPECT_NE(*one, Offset::at("b", "1"));
}

TEST(Offset, KeepsTheDigitsOfIntegers) {
  const Result<Offset> offset = Offset::parse(R"({"n": 9007199254740993})");
  ASSERT_TRUE(offset.has_value());
  EXPECT_EQ(offset->to_text(), R"({"n":9007199254740993})");
}

TEST(Offset, RefusesWhatCannotBeKeptExactly) {
  for (const char* bad : {"[]", "1", "null", R"({"a": 1.5})", R"({"a": {"b": [1e3]}})",
                          R"({"a": 123456789012345678901234567890})", "{"}) {
    const Result<Offset> offset = Offset::parse(bad);
    ASSERT_FALSE(offset.has_value()) << bad;
    EXPECT_EQ(offset.error().kind, ErrorKind::Config);
  }
}

TEST(Offset, ReadsTextMembersWithAFallback) {
  const Offset offset = Offset::at("cursor", "abc");
  EXPECT_EQ(offset.text("cursor", ""), "abc");
  EXPECT_EQ(offset.text("other", "none"), "none");
  EXPECT_EQ(Offset::parse(R"({"n": 1})")->text("n", "none"), "none");
}

TEST(Offset, IsTheStartWhenEmpty) {
  EXPECT_TRUE(Offset().is_start());
  EXPECT_TRUE(Offset::parse("{}")->is_start());
  EXPECT_FALSE(Offset::at("a", "").is_start());
}

}  // namespace
}  // namespace inlet
