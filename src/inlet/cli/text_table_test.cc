#include "inlet/cli/text_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace inlet::cli {
namespace {

using ::testing::HasSubstr;

TEST(TextTable, DrawsTextsToTheLeftAndNumbersToTheRight) {
  EXPECT_EQ(draw({.headings = {"name", "n"},
                  .rows = {{"a", "1"}, {"long one", "100"}},
                  .is_number = {false, true}},
                 0),
            "┌──────────┬─────┐\n"
            "│ name     │ n   │\n"
            "├──────────┼─────┤\n"
            "│ a        │   1 │\n"
            "│ long one │ 100 │\n"
            "└──────────┴─────┘\n");
}

TEST(TextTable, CountsColumnsOfTheTerminalAndNotBytes) {
  EXPECT_EQ(display_width("grüße"), 5U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);
  EXPECT_EQ(display_width("🎉"), 2U);
  EXPECT_EQ(display_width("\xff"), 1U);
}

TEST(TextTable, KeepsEveryLineWithinTheWidth) {
  const TextTable table{.headings = {"one", "two", "three"},
                        .rows = {{std::string(50, 'x'), "日本日本日本日本日本日本", "short"}}};
  std::istringstream lines(draw(table, 40));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 40U) << line;
  EXPECT_THAT(draw(table, 40), HasSubstr("…"));
  EXPECT_THAT(draw(table, 40), HasSubstr("short"));
}

TEST(TextTable, NamesTheColumnsThatFindNoRoom) {
  const TextTable table{.headings = {"alpha", "beta", "gamma"},
                        .rows = {{"aaaaaaaa", "bbbbbbbb", "cccccccc"}}};
  EXPECT_THAT(draw(table, 20), ::testing::EndsWith("1 more columns: gamma\n"));
}

TEST(TextTable, ShowsControlCharactersInsteadOfSendingThem) {
  const std::string text = draw({.headings = {"h"}, .rows = {{"a\nb\x1b[2J"}}}, 0);
  EXPECT_THAT(text, HasSubstr("a\\nb\\x1b[2J"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace inlet::cli
