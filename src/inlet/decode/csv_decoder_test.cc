#include "inlet/decode/csv_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/data/batch_json.h"

namespace inlet::decode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Schema columns(std::vector<std::pair<std::string, std::string>> named) {
  Schema schema;
  for (auto& [name, type] : named) schema.fields.push_back({name, parse_scalar_type(type).value()});
  return schema;
}

const Schema kItem = columns(
    {{"id", "bigint"}, {"name", "string"}, {"price", "decimal(10,2)"}, {"at", "timestamp"}});

Page page(std::string body) {
  return {.body = std::move(body), .format = PageFormat::Csv};
}

struct Decoded {
  std::vector<std::string> rows;
  DecodedPage page;
};

Decoded decode(const Schema& schema, const Page& page, DecodeOptions options = {}) {
  auto decoder = make_csv_decoder(schema, std::move(options)).value();
  Decoded out{.rows = {}, .page = decoder->decode(page).value()};
  for (std::size_t row = 0; row < out.page.batch.num_rows(); ++row)
    out.rows.push_back(row_to_json(out.page.batch, row));
  return out;
}

TEST(CsvDecoder, CellsGoToTheColumnsOfTheirNames) {
  const auto decoded = decode(
      kItem,
      page("price,id,name,at\r\n12.50,9007199254740993,\"a, \"\"b\"\"\",2026-01-02T03:04:05Z\r\n"));
  EXPECT_THAT(
      decoded.rows,
      ElementsAre(
          R"({"id":9007199254740993,"name":"a, \"b\"","price":12.50,"at":"2026-01-02T03:04:05Z","_rescued_data":null})"));
  EXPECT_EQ(decoded.page.num_records, 1U);
  EXPECT_EQ(decoded.page.num_rescued, 0U);
}

TEST(CsvDecoder, NothingIsNullAndAQuotedNothingIsAnEmptyText) {
  const auto decoded = decode(columns({{"a", "string"}, {"b", "string"}, {"c", "bigint"}}),
                              page("a,b,c\n,\"\",\"\"\n"));
  EXPECT_THAT(decoded.rows, ElementsAre(R"({"a":null,"b":"","c":null,"_rescued_data":null})"));
}

TEST(CsvDecoder, AShortRowEndsInNulls) {
  const auto decoded = decode(columns({{"a", "bigint"}, {"b", "bigint"}, {"missing", "bigint"}}),
                              page("a,b\n1\n2,3\n"));
  EXPECT_THAT(decoded.rows, ElementsAre(R"({"a":1,"b":null,"missing":null,"_rescued_data":null})",
                                        R"({"a":2,"b":3,"missing":null,"_rescued_data":null})"));
}

TEST(CsvDecoder, WhatNoColumnTakesIsRescued) {
  const auto decoded =
      decode(columns({{"a", "bigint"}}), page("a,new,a\n1,x,7\n2,,,\"y\"\nz,,\n3,,\n"));
  EXPECT_THAT(decoded.rows, ElementsAre(R"({"a":1,"_rescued_data":"{\"new\":\"x\",\"a\":\"7\"}"})",
                                        R"({"a":2,"_rescued_data":"{\"_c3\":\"y\"}"})",
                                        R"({"a":null,"_rescued_data":"{\"a\":\"z\"}"})",
                                        R"({"a":3,"_rescued_data":null})"));
  EXPECT_EQ(decoded.page.num_rescued, 3U);
}

TEST(CsvDecoder, RescuedDataCanBeLeftOut) {
  const auto decoded =
      decode(columns({{"a", "bigint"}}), page("a,new\nz,x\n"), {.has_rescued_column = false});
  EXPECT_THAT(decoded.rows, ElementsAre(R"({"a":null})"));
  EXPECT_EQ(decoded.page.num_rescued, 1U);
}

TEST(CsvDecoder, BadRowsGoOutWithTheirBytes) {
  const auto decoded = decode(
      columns({{"a", "bigint"}, {"b", "string"}}),
      page("a,b\n1,\"x\"y\n2,ok\n3,\xFF\n,key missing\nfour,x\n5,ok\n6,\"open\n"), {.keys = {"a"}});
  EXPECT_THAT(decoded.rows, ElementsAre(R"({"a":2,"b":"ok","_rescued_data":null})",
                                        R"({"a":5,"b":"ok","_rescued_data":null})"));
  std::vector<std::string> bad;
  for (const auto& record : decoded.page.bad)
    bad.push_back(std::to_string(record.position) + ": " + record.bytes + ": " + record.reason);
  EXPECT_THAT(
      bad,
      ElementsAre("0: 1,\"x\"y: text follows a closing quote", "2: 3,\xFF: the row is not UTF-8",
                  "3: ,key missing: a is empty, but never null in this table",
                  "4: four,x: a: \"four\" is no bigint", "6: 6,\"open: a quote is not closed"));
  EXPECT_EQ(decoded.page.num_records, 7U);
}

TEST(CsvDecoder, DuplicatesAndFilteredRowsAreCountedAndLeftOut) {
  Page marked = page("a\n1\n2\n3\n4\n");
  marked.duplicates = {0};
  marked.filtered = {2};
  const auto decoded = decode(columns({{"a", "bigint"}}), marked, {.has_rescued_column = false});
  EXPECT_THAT(decoded.rows, ElementsAre(R"({"a":2})", R"({"a":4})"));
  EXPECT_EQ(decoded.page.num_records, 3U);
  EXPECT_EQ(decoded.page.num_duplicates, 1U);
  EXPECT_EQ(decoded.page.num_filtered, 1U);
}

TEST(CsvDecoder, MembersThatThePageAddsWinOverCells) {
  Page with = page("a,b\n1,2\n");
  with.added = {
      {"b", "\"\\u00e9\""}, {"n", "5"}, {"o", "{\"x\": 1}"}, {"none", "null"}, {"unknown", "[1]"}};
  const auto decoded = decode(
      columns(
          {{"a", "bigint"}, {"b", "string"}, {"n", "bigint"}, {"o", "string"}, {"none", "bigint"}}),
      with);
  EXPECT_THAT(
      decoded.rows,
      ElementsAre(
          R"({"a":1,"b":"é","n":5,"o":"{\"x\":1}","none":null,"_rescued_data":"{\"unknown\":[1]}"})"));
}

TEST(CsvDecoder, TimesWithMoreThanSixDigitsAreCounted) {
  const auto decoded = decode(columns({{"at", "timestamp"}}),
                              page("at\n2026-01-02T03:04:05.1234567Z\n2026-01-02T03:04:05Z\n"));
  EXPECT_EQ(decoded.page.num_truncated_times, 1U);
}

TEST(CsvDecoder, EmptyPagesHaveNoRows) {
  for (const char* body : {"", "\n", "id,name\n"}) {
    const auto decoded = decode(kItem, page(body));
    EXPECT_THAT(decoded.rows, IsEmpty());
    EXPECT_EQ(decoded.page.num_records, 0U);
  }
}

TEST(CsvDecoder, OneDecoderTakesPagesOfDifferentHeaders) {
  auto decoder =
      make_csv_decoder(columns({{"a", "bigint"}, {"b", "bigint"}}), {.has_rescued_column = false})
          .value();
  for (const char* body : {"a,b\n1,2\n", "b;a\n2;1\n", "b\ta\tc\n2\t1\t\n"}) {
    const DecodedPage decoded = decoder->decode(page(body)).value();
    ASSERT_EQ(decoded.batch.num_rows(), 1U);
    EXPECT_EQ(row_to_json(decoded.batch, 0), R"({"a":1,"b":2})");
  }
}

TEST(CsvDecoder, AnUnreadableHeaderAndAnUnknownKeyAreErrors) {
  auto decoder = make_csv_decoder(kItem, {}).value();
  EXPECT_EQ(decoder->decode(page("\"id,name\n1,2\n")).error().kind, ErrorKind::BadRecord);
  const auto unknown = make_csv_decoder(kItem, {.keys = {"uid"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::Config);
  EXPECT_THAT(unknown.error().message, HasSubstr("uid"));
}

}  // namespace
}  // namespace inlet::decode
