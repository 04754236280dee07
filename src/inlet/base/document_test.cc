#include "inlet/base/document.h"

#include <gtest/gtest.h>

namespace inlet {
namespace {

TEST(Document, KnowsThePlaceOfEveryNode) {
  const auto document = Document::parse("a: 1\nb:\n  - x\n  - {c: \"5\"}\n", "f.yaml");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->find("b")->items()[1].find("c")->where(), "f.yaml:4:9");
  EXPECT_EQ(document->find("b")->items()[1].find("c")->key_error("bad").message, "f.yaml:4:6: bad");
}

TEST(Document, ReadsScalarsByTheCoreSchema) {
  const auto document =
      Document::parse("{i: 7, f: 1.5, t: true, n: ~, s: abc, q: \"7\", d: 2022-11-28}", "f");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(to_text(document->to_json()),
            R"({"d":"2022-11-28","f":1.5,"i":7,"n":null,"q":"7","s":"abc","t":true})");
}

TEST(Document, NamesTheUnknownMemberAndTheNearestKnownOne) {
  const auto document = Document::parse("ower: x", "f.yaml");
  ASSERT_TRUE(document.has_value());
  const Status status = document->expect_members({"owner", "repo"});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message,
            "f.yaml:1:1: unknown member \"ower\" (did you mean \"owner\"?)");
}

TEST(Document, RefusesAMemberGivenTwice) {
  const auto document = Document::parse("a: 1\na: 2\n", "f.yaml");
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().message, "f.yaml:2:1: \"a\" is given twice");
}

TEST(Document, RefusesAnEmptyText) {
  EXPECT_FALSE(Document::parse("", "f.yaml").has_value());
  EXPECT_FALSE(Document::parse("# only a comment\n", "f.yaml").has_value());
}

TEST(Document, NamesThePlaceOfBadSyntax) {
  const auto document = Document::parse("a: [1,\nb: }", "f.yaml");
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().kind, ErrorKind::Config);
  EXPECT_TRUE(document.error().message.starts_with("f.yaml:2:")) << document.error().message;
}

}  // namespace
}  // namespace inlet
