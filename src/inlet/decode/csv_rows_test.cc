#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/decode/csv_rows_internal.h"

namespace inlet::decode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Each row as its cells joined with `|`; quoted cells in <>; bad ones as !bytes.
std::vector<std::string> rows_of(std::string_view text, char delimiter = ',') {
  std::vector<std::string> out;
  CsvRows rows(text, delimiter);
  while (const CsvRow* row = rows.next()) {
    std::string line;
    for (const CsvCell& cell : row->cells) {
      if (&cell != row->cells.data()) line += "|";
      line += cell.is_quoted ? "<" + std::string(cell.text) + ">" : std::string(cell.text);
    }
    out.push_back(row->error.empty() ? line : "!" + std::string(row->bytes));
  }
  return out;
}

TEST(CsvRows, CutsCellsAndLines) {
  EXPECT_THAT(rows_of("a,b\n1,2\n3,\n,\nx"), ElementsAre("a|b", "1|2", "3|", "|", "x"));
  EXPECT_THAT(rows_of("a,b\r\n1,2\r\n"), ElementsAre("a|b", "1|2"));
  EXPECT_THAT(rows_of("\xEF\xBB\xBF"
                      "a\n"),
              ElementsAre("a"));
  EXPECT_THAT(rows_of("a;b,c", ';'), ElementsAre("a|b,c"));
}

TEST(CsvRows, QuotedCellsHoldAnything) {
  EXPECT_THAT(rows_of("\"a,b\",\"c\nd\r\ne\",\"\"\n\"x\"\"y\",\"\"\"\",z\"\n"),
              ElementsAre("<a,b>|<c\nd\r\ne>|<>", "<x\"y>|<\">|z\""));
}

TEST(CsvRows, SeveralCellsOfARowMayBeUnescaped) {
  EXPECT_THAT(rows_of("\"a\"\"1\",\"b\"\"2\",\"c\"\"3\"\n\"d\"\"4\""),
              ElementsAre("<a\"1>|<b\"2>|<c\"3>", "<d\"4>"));
}

TEST(CsvRows, EmptyLinesAreNoRows) {
  EXPECT_THAT(rows_of("\n\r\na\n\n\nb\n\n"), ElementsAre("a", "b"));
  EXPECT_THAT(rows_of(""), IsEmpty());
}

TEST(CsvRows, ABadlyQuotedRowCostsOneLine) {
  EXPECT_THAT(rows_of("a,\"b\"c\r\n1,2\n\"open,1\n3,4\n"),
              ElementsAre("!a,\"b\"c", "1|2", "!\"open,1", "3|4"));
  EXPECT_THAT(rows_of("\""), ElementsAre("!\""));
}

TEST(CsvRows, TheDelimiterIsTheOneSeenMostInTheFirstLine) {
  EXPECT_EQ(detect_delimiter("a,b;c,d\n;;;;"), ',');
  EXPECT_EQ(detect_delimiter("a;\"x,y,z\";c"), ';');
  EXPECT_EQ(detect_delimiter("a\tb"), '\t');
  EXPECT_EQ(detect_delimiter("a|b"), '|');
  EXPECT_EQ(detect_delimiter("one"), ',');
}

}  // namespace
}  // namespace inlet::decode
