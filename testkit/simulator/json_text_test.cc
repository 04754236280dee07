#include "testkit/simulator/json_text.h"

#include <gtest/gtest.h>

#include "inlet/base/json.h"

namespace inlet::simulator {
namespace {

TEST(JsonText, IsReadBackAsWritten) {
  std::string out;
  JsonText json(out);
  json.open('{').text("a", "x\"\\\n\t\x01 é").number("b", -9007199254740993).boolean("c", false);
  json.key("d").open('[').close(']').key("e").open('[').number(1).null().close(']').close('}');
  const Json read = Json::parse(out);
  EXPECT_EQ(read["a"], "x\"\\\n\t\x01 é");
  EXPECT_EQ(read["b"].get<std::int64_t>(), -9007199254740993);
  EXPECT_EQ(read["c"], false);
  EXPECT_EQ(read["d"], Json::array());
  EXPECT_EQ(read["e"].size(), 2U);
}

TEST(JsonText, WritesTimesInUtc) {
  EXPECT_EQ(to_text(Seconds{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(Seconds{1709210096}), "2024-02-29T12:34:56Z");
}

}  // namespace
}  // namespace inlet::simulator
