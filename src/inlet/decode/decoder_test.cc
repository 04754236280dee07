#include "inlet/decode/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testkit/row_text.h"

namespace inlet::decode {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::string_literals;
using namespace std::string_view_literals;

Schema people() {
  return {
      {{"id", Type{TypeKind::Long}, false},
       {"name", Type{TypeKind::String}},
       {"user", Type::structure({{"login", Type{TypeKind::String}}, {"age", Type{TypeKind::Int}}})},
       {"tags", Type::list(Type{TypeKind::String})}}};
}

Result<DecodedPage> decode(Page page, DecodeOptions options = {}, Schema schema = people()) {
  auto decoder = make_decoder(std::move(schema), std::move(options));
  if (!decoder) return std::unexpected(decoder.error());
  return (*decoder)->decode(page);
}

Page json(std::string body, std::string records = "") {
  return {.body = std::move(body), .format = PageFormat::Json, .records = std::move(records)};
}
Page lines(std::string body) {
  return {.body = std::move(body), .format = PageFormat::NdJson};
}

std::vector<std::string> rows(const DecodedPage& page) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < page.batch.num_rows(); ++i) {
    texts.push_back(testkit::row_text(page.batch, i));
  }
  return texts;
}

std::vector<std::int64_t> ids(const DecodedPage& page) {
  std::vector<std::int64_t> result;
  for (std::size_t i = 0; i < page.batch.num_rows(); ++i) {
    result.push_back(ColumnView::find(page.batch, "id")->int64(i));
  }
  return result;
}

std::vector<std::int64_t> ids(const Result<DecodedPage>& page) {
  return page ? ids(*page) : std::vector<std::int64_t>{-1};
}

TEST(Decoder, ReadsBinaryTextsAsThePageSays) {
  const Schema schema = {{{"bytes", Type{TypeKind::Binary}}}};
  auto decoder = make_decoder(schema, {}).value();
  Page page = json(R"([{"bytes":"AP8="}])");
  page.binary = BinarySpelling::Base64;
  const auto first = decoder->decode(page);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(ColumnView::find(first->batch, "bytes")->bytes(0), "\x00\xff"sv);
  page.binary = BinarySpelling::Utf8;
  EXPECT_EQ(ColumnView::find(decoder->decode(page)->batch, "bytes")->bytes(0), "AP8=");
}

TEST(Decoder, PutsMembersIntoTheirColumns) {
  const auto page =
      *decode(lines(R"({"id":1,"name":"a","user":{"login":"x","age":3},"tags":["p","q"]}
{"tags":[],"user":null,"id":2}
)"));
  EXPECT_THAT(
      rows(page),
      ElementsAre(
          R"({id: 1, name: "a", user: {login: "x", age: 3}, tags: ["p", "q"], _rescued_data: null})",
          R"({id: 2, name: null, user: null, tags: [], _rescued_data: null})"));
  EXPECT_EQ(page.num_records, 2U);
  EXPECT_EQ(page.num_rescued, 0U);
}

TEST(Decoder, OutputSchemaEndsInTheRescuedColumn) {
  EXPECT_EQ((*make_decoder(people(), {}))->output_schema().fields.back().name, kRescuedColumn);
  EXPECT_EQ((*make_decoder(people(), {.has_rescued_column = false}))->output_schema(), people());
}

TEST(Decoder, RescuesUnknownMembersAndRefusedValuesByPath) {
  const auto page = *decode(lines(
      R"({"id":1,"x":{ "y" : [1.50, null] },"name":"n","user":{"age":"old","z":true},"tags":["a",{"b":1}]})"));
  EXPECT_THAT(
      rows(page),
      ElementsAre(
          R"({id: 1, name: "n", user: {login: null, age: null}, tags: ["a", "{\"b\":1}"], )"
          R"(_rescued_data: "{\"x\":{\"y\":[1.50,null]},\"user.age\":\"old\",\"user.z\":true}"})"));
  EXPECT_EQ(page.num_rescued, 1U);
}

TEST(Decoder, WithoutTheColumnNothingIsRescued) {
  const auto page =
      *decode(lines(R"({"id":1,"x":1,"user":{"age":"old"}})"), {.has_rescued_column = false});
  EXPECT_THAT(rows(page),
              ElementsAre(R"({id: 1, name: null, user: {login: null, age: null}, tags: null})"));
  EXPECT_EQ(page.num_rescued, 0U);
}

TEST(Decoder, QuarantinesARecordWithoutItsNotNullColumn) {
  const auto page = *decode(lines(R"({"id":1}
{"name":"x"}
{"id":null}
{"id":"abc"}
{"id":5})"));
  EXPECT_THAT(ids(page), ElementsAre(1, 5));
  ASSERT_EQ(page.bad.size(), 3U);
  EXPECT_EQ(page.bad[0].position, 1U);
  EXPECT_EQ(page.bad[0].bytes, R"({"name":"x"})");
  EXPECT_EQ(page.bad[0].reason, "id is missing, but it is not nullable");
  EXPECT_EQ(page.bad[1].reason, "id is null, but it is not nullable");
  EXPECT_EQ(page.bad[2].reason, R"(id: "abc" is no bigint, and it is not nullable)");
  EXPECT_EQ(page.num_records, 5U);
}

TEST(Decoder, KeysAreNeverNullAlsoInsideOfStructs) {
  const auto page = *decode(lines(R"({"id":1,"user":{"login":"a"}}
{"id":2,"user":{"login":null}}
{"id":3,"user":null}
{"id":4})"),
                            {.keys = {"user.login"}});
  EXPECT_THAT(ids(page), ElementsAre(1));
  ASSERT_EQ(page.bad.size(), 3U);
  EXPECT_EQ(page.bad[0].reason, "user.login is null, but it is part of the key");
  EXPECT_EQ(page.bad[1].reason, "user is null, but it is part of the key");
}

TEST(Decoder, UnknownKeyIsAConfigError) {
  const auto decoder = make_decoder(people(), {.keys = {"idd"}});
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().kind, ErrorKind::Config);
  EXPECT_THAT(decoder.error().message, HasSubstr("idd"));
}

TEST(Decoder, ABadLineDoesNotStopTheOthers) {
  const auto page =
      *decode(lines("{\"id\":1}\r\n\n  \n{\"id\":2\n{\"id\":3}x\n[1]\n7\nnull\n\"\n{\"id\":4,}\n"
                    "{\"id\":tru}\n{\"id\":01}\n{\"id\":5} {\"id\":6}\n{\"id\":7}"));
  EXPECT_THAT(ids(page), ElementsAre(1, 7));
  std::vector<std::string> bad;
  for (const BadRecord& record : page.bad) bad.push_back(record.bytes);
  EXPECT_THAT(bad, ElementsAre("{\"id\":2", "{\"id\":3}x", "[1]", "7", "null", "\"", "{\"id\":4,}",
                               "{\"id\":tru}", "{\"id\":01}", "{\"id\":5} {\"id\":6}"));
  EXPECT_EQ(page.num_records, 12U);
  EXPECT_EQ(page.bad[2].reason, "the record is not a JSON object");
}

TEST(Decoder, InvalidUtf8ConcernsOnlyItsRecord) {
  const std::string body = "{\"id\":1}\n{\"id\":2,\"name\":\"\xFF\"}\n{\"id\":3}\n";
  const auto page = *decode(lines(body));
  EXPECT_THAT(ids(page), ElementsAre(1, 3));
  EXPECT_EQ(page.bad.at(0).reason, "not valid UTF-8");
  const auto list = *decode(json("[{\"id\":1},{\"id\":2,\"name\":\"\xFF\"},{\"id\":3}]"));
  EXPECT_THAT(ids(list), ElementsAre(1, 3));
  EXPECT_EQ(list.bad.at(0).position, 1U);
}

TEST(Decoder, FindsRecordsAtThePointer) {
  EXPECT_THAT(ids(decode(json(R"([{"id":1},{"id":2}])"))), ElementsAre(1, 2));
  EXPECT_THAT(ids(decode(json(R"({"id":1})"))), ElementsAre(1));
  EXPECT_THAT(ids(decode(json(R"({"next":"[{","data":{"items":[{"id":1}]},"n":[1,{"a":"}"}]})",
                              "/data/items"))),
              ElementsAre(1));
  EXPECT_THAT(
      ids(decode(json(R"({"data":[{"n":{"id":1}},{"n":[{"id":2}]},{"x":1}]})", "/data/*/n"))),
      ElementsAre(1, 2));
  EXPECT_THAT(ids(decode(json(R"({"a":{"id":1},"b":{"id":2}})", "/*"))), ElementsAre(1, 2));
  EXPECT_THAT(ids(decode(json(R"({"a/b":{"c~d":[{"id":1}]}})", "/a~1b/c~0d"))), ElementsAre(1));
  EXPECT_THAT(ids(decode(json(R"([[{"id":1}],[{"id":2}]])", "/1"))), ElementsAre(2));
  EXPECT_THAT(ids(decode(json("\xEF\xBB\xBF[{\"id\":1}]\n"))), ElementsAre(1));
  EXPECT_TRUE(decode(json(R"({"items":null})", "/items")).has_value());
  EXPECT_TRUE(decode(json("[]")).has_value());
}

TEST(Decoder, APageThatIsCutOffOrNoJsonNamesTheByte) {
  const auto message = [](std::string body, std::string records = "") {
    const auto page = decode(json(std::move(body), std::move(records)));
    if (page) return std::string("decoded");
    EXPECT_EQ(page.error().kind, ErrorKind::BadRecord);
    return page.error().message;
  };
  EXPECT_EQ(message(R"([{"id":1},{"id":2)"),
            "the page is cut off: its JSON is not closed at byte 17");
  EXPECT_EQ(message(R"([{"id":1},)"), "the page is cut off: its JSON is not closed at byte 10");
  EXPECT_EQ(message(R"([{"id":1})"), "the page is cut off: its JSON is not closed at byte 9");
  EXPECT_EQ(message(R"({"a":[{"id":1}],"b)", "/a"),
            "the page is cut off: its JSON is not closed at byte 18");
  EXPECT_EQ(message("<html>"), "the page is not valid JSON at byte 0 of 6");
  EXPECT_EQ(message(R"([{"id":1}]])"), "the page is not valid JSON at byte 10 of 11");
  EXPECT_EQ(message(R"([{"id":1} {"id":2}])"), "the page is not valid JSON at byte 10 of 19");
  EXPECT_EQ(message(""), "the page is empty, where JSON was expected");
  EXPECT_EQ(message(" \n"), "the page is empty, where JSON was expected");
  EXPECT_EQ(message("[]", "/items"), "no records before byte 2: there is no \"items\"");
  EXPECT_EQ(message(R"({"items":5})", "/items"),
            "no records before byte 10: neither a list nor an object");
}

TEST(Decoder, AnEmptyPageOfLinesHasNoRecords) {
  const auto page = *decode(lines(""));
  EXPECT_EQ(page.num_records, 0U);
  EXPECT_EQ(page.batch.num_rows(), 0U);
}

TEST(Decoder, ABadRecordInAListIsQuarantined) {
  const auto page = *decode(json(R"([{"id":1},5,null,{"id":tru},[{"id":9}],{"id":2}])"));
  EXPECT_THAT(ids(page), ElementsAre(1, 2));
  EXPECT_EQ(page.bad.size(), 4U);
  EXPECT_EQ(page.bad[2].bytes, R"({"id":tru})");
}

TEST(Decoder, LeavesOutFilteredAndDuplicateRecords) {
  Page page = lines("{\"id\":0}\n{\"id\":1}\n{\"id\":2}\nbroken\n{\"id\":4}\n");
  page.filtered = {1, 3};
  page.duplicates = {1, 2};
  const auto decoded = decode(page);
  EXPECT_THAT(ids(decoded), ElementsAre(0, 4));
  EXPECT_EQ(decoded->num_filtered, 2U);
  EXPECT_EQ(decoded->num_duplicates, 1U);
  EXPECT_EQ(decoded->num_records, 3U);
  EXPECT_TRUE(decoded->bad.empty());
}

TEST(Decoder, AddsThePagesMembersToEveryRecord) {
  Page page = lines("{\"id\":1}\n{\"id\":2,\"name\":\"own\"}\n");
  page.added = {{"name", "\"repo\""}, {"other", "[1, 2]"}};
  EXPECT_THAT(
      rows(*decode(page)),
      ElementsAre(
          R"({id: 1, name: "repo", user: null, tags: null, _rescued_data: "{\"other\":[1,2]}"})",
          R"({id: 2, name: "repo", user: null, tags: null, )"
          R"(_rescued_data: "{\"name\":\"own\",\"other\":[1,2]}"})"));
  page.added = {{"name", "\"repo\""}, {"user", R"({"login":"x"})"}};
  EXPECT_THAT(rows(*decode(page))[0], HasSubstr(R"(user: {login: "x", age: null})"));
  page.added = {{"id", "7"}};
  EXPECT_THAT(ids(decode(page)), ElementsAre(7, 7));
}

TEST(Decoder, TheLastOfRepeatedMembersWinsAndIsCounted) {
  const auto page =
      *decode(lines(R"({"id":1,"name":"a","id":2,"x":1,"x":2,"tags":["p"],"tags":["q","r"]}
{"id":"bad","id":3,"user":{"age":"x"},"user":{"age":1}})"));
  EXPECT_THAT(
      rows(page),
      ElementsAre(
          R"({id: 2, name: "a", user: null, tags: ["q", "r"], _rescued_data: "{\"x\":2}"})",
          R"({id: 3, name: null, user: {login: null, age: 1}, tags: null, _rescued_data: null})"));
  EXPECT_EQ(page.num_repeated_members, 5U);
}

TEST(Decoder, CountsTimesWithMoreThanMicroseconds) {
  const Schema schema{{{"t", Type{TypeKind::Timestamp}}}};
  const auto page = *decode(
      lines("{\"t\":\"2024-01-02T03:04:05.1234567Z\"}\n{\"t\":\"2024-01-02T03:04:05.123456Z\"}\n"
            "{\"t\":\"2024-01-02T03:04:05.123456789+01:00\"}\n{\"t\":\"2024-01-02T03:04:05."
            "1234567Z\",}"),
      {}, schema);
  EXPECT_EQ(page.batch.num_rows(), 3U);
  EXPECT_EQ(page.num_truncated_times, 2U);
  const auto broken = *decode(lines("{\"t\":\"2024-01-02T03:04:05.1234567Z\"} 5\n"), {}, schema);
  EXPECT_EQ(broken.num_truncated_times, 0U);
}

TEST(Decoder, RefusesToGoDeeperThanTheLimit) {
  const auto nested = [](int levels) {
    return "{\"id\":1,\"x\":" + std::string(static_cast<std::size_t>(levels - 1), '[') +
           std::string(static_cast<std::size_t>(levels - 1), ']') + "}";
  };
  EXPECT_EQ(decode(lines(nested(128)))->batch.num_rows(), 1U);
  EXPECT_EQ(decode(lines(nested(129)))->bad.at(0).reason, "nested too deeply");
  EXPECT_EQ(decode(lines(nested(3)), {.max_depth = 3})->batch.num_rows(), 1U);
  EXPECT_EQ(decode(lines(nested(4)), {.max_depth = 3})->bad.size(), 1U);
  EXPECT_EQ(decode(lines(nested(100'000)))->bad.size(), 1U);
  const auto shallow = decode(lines(R"({"id":1,"user":{"login":"a"}})"), {.max_depth = 1});
  EXPECT_EQ(shallow->bad.size(), 1U);
}

TEST(Decoder, RefusesNumbersOfMoreThanTenThousandDigits) {
  const std::string fine(10'000, '7');
  const std::string too_long(10'001, '7');
  const Schema schema{{{"s", Type{TypeKind::String}}}};
  const auto page = *decode(lines("{\"s\":" + fine + "}\n{\"s\":" + too_long + "}"), {}, schema);
  const ColumnView column = *ColumnView::find(page.batch, "s");
  EXPECT_EQ(column.bytes(0), fine);
  EXPECT_TRUE(column.is_null(1));
  EXPECT_EQ(page.num_rescued, 1U);
}

TEST(Decoder, ReadsEscapesAndNulCharacters) {
  const auto page = *decode(
      lines(R"({"id":1,"name":"a\u0000b\ud83d\ude00\n\u00e9 and more text than one block has"}
{"id":2,"\u006eame":"escaped name"})"));
  EXPECT_EQ(ColumnView::find(page.batch, "name")->bytes(0),
            "a\0b\xF0\x9F\x98\x80\n\xC3\xA9 and more text than one block has"sv);
  EXPECT_EQ(ColumnView::find(page.batch, "name")->bytes(1), "escaped name");
  EXPECT_EQ(decode(lines("{\"id\":1,\"name\":\"a\0b\"}"s))->bad.size(), 1U);
  EXPECT_EQ(decode(lines("{\"id\":1}\0"s))->bad.size(), 1U);
  EXPECT_EQ(decode(lines("{\"id\":1,\"name\":\"a\tb\"}"))->bad.size(), 1U);
  EXPECT_EQ(decode(lines(R"({"id":1,"name":"\x"})"))->bad.size(), 1U);
}

TEST(Decoder, TakesTimeInProportionToThePage) {
  // Each of these took minutes for a reader that looks back for every item.
  std::string members = "{\"id\":1";
  for (int i = 0; i < 50'000; ++i) members += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_EQ(decode(lines(members + "}"))->num_rescued, 1U);
  std::string escapes = "{\"id\":1,\"name\":\"";
  for (int i = 0; i < 500'000; ++i) escapes += "\\n";
  EXPECT_EQ(decode(lines(escapes + "\"}"))->batch.num_rows(), 1U);
  std::string broken;
  for (int i = 0; i < 20'000; ++i) broken += "{\"id\":1,\"x\":[\n";
  EXPECT_EQ(decode(lines(broken))->bad.size(), 20'000U);
}

TEST(Decoder, TheDepthLimitHasALimit) {
  EXPECT_FALSE(make_decoder(people(), {.max_depth = 0}));
  EXPECT_FALSE(make_decoder(people(), {.max_depth = 1'000'000}));
}

TEST(Decoder, CanDecodeOneHundredPagesInARow) {
  auto decoder = *make_decoder(people(), {});
  for (std::int64_t i = 0; i < 100; ++i) {
    const std::string id = std::to_string(i);
    const auto page =
        decoder->decode(lines("{\"id\":" + id + "}\n{\"id\":null}\n{\"id\":" + id + "}\n"));
    EXPECT_THAT(ids(page), ElementsAre(i, i));
    EXPECT_FALSE(decoder->decode(json("[{\"id\":1},")));
  }
}

}  // namespace
}  // namespace inlet::decode
