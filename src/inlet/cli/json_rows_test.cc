#include "inlet/cli/json_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(JsonRows, SplitsAnObjectWithoutChangingItsValues) {
  EXPECT_THAT(
      members_of(R"({"a":1.10,"b":"x,\"}","c":{"d":[1,{"e":"]"}]},"f":[],"g\n":null})"),
      ElementsAre(Pair("a", "1.10"), Pair("b", R"("x,\"}")"), Pair("c", R"({"d":[1,{"e":"]"}]})"),
                  Pair("f", "[]"), Pair("g\n", "null")));
  EXPECT_TRUE(members_of("{}").empty());
}

TEST(JsonRows, MakesATableOfRows) {
  const TextTable table = table_of({R"({"id":9223372036854775807,"name":"a \"b\"","user":null})",
                                    R"({"id":2,"name":"grüße","user":{"login":"x"}})"});
  EXPECT_THAT(table.headings, ElementsAre("id", "name", "user"));
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("9223372036854775807", "a \"b\"", ""),
                                      ElementsAre("2", "grüße", R"({"login":"x"})")));
  EXPECT_THAT(table.is_number, ElementsAre(true, false, false));
}

}  // namespace
}  // namespace inlet::cli
