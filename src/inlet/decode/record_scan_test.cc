#include "inlet/decode/record_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet::decode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Page page(std::string body, std::string records = "", PageFormat format = PageFormat::Json) {
  return {.body = std::move(body), .format = format, .records = std::move(records)};
}

/// Each record as "position|bytes|value|value".
Result<std::vector<std::string>> scan(const Page& page,
                                      const std::vector<std::string>& pointers = {}) {
  std::vector<std::string> seen;
  const auto status = scan_records(page, pointers, [&](const ScannedRecord& record) -> Status {
    std::string line = std::to_string(record.position) + "|" + std::string(record.bytes);
    for (const auto value : record.values) line += "|" + std::string(value);
    seen.push_back(line);
    return {};
  });
  if (!status) return std::unexpected(status.error());
  return seen;
}

Error scan_error(const Page& page) {
  auto seen = scan(page);
  return seen ? Error{.message = "no error"} : seen.error();
}

TEST(RecordScan, TakesTheItemsOfAList) {
  EXPECT_THAT(scan(page(R"( [ {"a": 1} , {} , 7, "x" , [1, 2] ] )")).value(),
              ElementsAre(R"(0|{"a": 1})", "1|{}", "2|7", R"(3|"x")", "4|[1, 2]"));
}

TEST(RecordScan, TakesAnObjectAsOneRecord) {
  EXPECT_THAT(scan(page("{\"a\": [1, {\"b\": 2}]}\n")).value(),
              ElementsAre(R"(0|{"a": [1, {"b": 2}]})"));
  EXPECT_THAT(scan(page(R"({"data": {"id": 3} , "x": 1})", "/data"), {"/id"}).value(),
              ElementsAre(R"(0|{"id": 3}|3)"));
}

TEST(RecordScan, FollowsThePointerToTheRecords) {
  const std::string body =
      R"({"meta": {"issues": [0]}, "data": {"issues": [{"id": 1}, {"id": 2}]}, "next": null})";
  EXPECT_THAT(scan(page(body, "/data/issues"), {"/id"}).value(),
              ElementsAre(R"(0|{"id": 1}|1)", R"(1|{"id": 2}|2)"));
}

TEST(RecordScan, AStarTakesEveryValueOfAnObjectOrList) {
  const std::string body =
      R"({"p": {"a": {"items": [1, 2]}, "b": {"items": [3]}, "c": {"other": 1}, "d": null}})";
  EXPECT_THAT(scan(page(body, "/p/*/items")).value(), ElementsAre("0|1", "1|2", "2|3"));
  EXPECT_THAT(scan(page(R"([{"r": [{"i": 1}]}, {"r": [{"i": 2}]}])", "/*/r"), {"/i"}).value(),
              ElementsAre(R"(0|{"i": 1}|1)", R"(1|{"i": 2}|2)"));
  EXPECT_THAT(scan(page(R"({"x": {"i": 1}, "y": {"i": 2}})", "/*")).value(),
              ElementsAre(R"(0|{"i": 1})", R"(1|{"i": 2})"));
}

TEST(RecordScan, PicksTheTextOfEachPointer) {
  const std::string record =
      R"({"id": 9007199254740993, "user": {"login" : "é\"x", "ids": [ 10, {"k": 1e3} ]} , "no": null, "t": true })";
  EXPECT_THAT(
      scan(page("[" + record + "]"), {"/user/login", "/id", "/user", "/user/ids/1/k", "/no",
                                      "/nope", "/user/ids/7", "", "/t"})
          .value(),
      ElementsAre(
          "0|" + record +
          R"(|"é\"x"|9007199254740993|{"login" : "é\"x", "ids": [ 10, {"k": 1e3} ]}|1e3|null|||)" +
          record + "|true"));
}

TEST(RecordScan, PointersAndMembersMayBeEscaped) {
  EXPECT_THAT(
      scan(page(R"([{"a/b": 1, "c~d": 2, "e\u0066": 3, "": 4}])"), {"/a~1b", "/c~0d", "/ef", "/"})
          .value(),
      ElementsAre(R"(0|{"a/b": 1, "c~d": 2, "e\u0066": 3, "": 4}|1|2|3|4)"));
  EXPECT_THAT(scan(page(R"({"a/b": [5]})", "/a~1b")).value(), ElementsAre("0|5"));
}

TEST(RecordScan, OfAMemberGivenTwiceTheLastWins) {
  EXPECT_THAT(scan(page(R"([{"a": 1, "u": {"x": 1}, "a": 2, "u": {}}])"), {"/a", "/u/x"}).value(),
              ElementsAre(R"(0|{"a": 1, "u": {"x": 1}, "a": 2, "u": {}}|2|)"));
}

TEST(RecordScan, LinesAreRecordsAndBlankOnesAreNot) {
  const auto seen = scan(
      page("\xEF\xBB\xBF{\"a\": 1}\r\n\n  \n {\"a\": [2]} \n{\"b\": 3}", "", PageFormat::NdJson),
      {"/a"});
  EXPECT_THAT(seen.value(), ElementsAre("0|{\"a\": 1}|1", "1|{\"a\": [2]}|[2]", "2|{\"b\": 3}|"));
}

TEST(RecordScan, ABrokenLineIsVisitedWithoutValues) {
  const auto seen =
      scan(page("{\"a\": 1}\n{\"a\": 2\n{\"a\": 3} x}\nnonsense\n{\"a\": \"\xFF\"}\n{\"a\": 4}", "",
                PageFormat::NdJson),
           {"/a"});
  EXPECT_THAT(seen.value(), ElementsAre("0|{\"a\": 1}|1", "1|{\"a\": 2|", "2|{\"a\": 3} x}|",
                                        "3|nonsense|", "4|{\"a\": \"\xFF\"}|", "5|{\"a\": 4}|4"));
}

TEST(RecordScan, BytesThatAreNoUtf8DoNotHideThePage) {
  EXPECT_THAT(scan(page("[{\"a\": \"\xFF\"}, {\"é\": 2}]"), {"/a", "/é"}).value(),
              ElementsAre("0|{\"a\": \"\xFF\"}||", "1|{\"é\": 2}||2"));
}

TEST(RecordScan, NullAndEmptyListsHoldNoRecords) {
  EXPECT_THAT(scan(page("[]")).value(), IsEmpty());
  EXPECT_THAT(scan(page(R"({"data": null})", "/data")).value(), IsEmpty());
  EXPECT_THAT(scan(page(R"({"data": [ ]})", "/data")).value(), IsEmpty());
  EXPECT_THAT(scan(page("\n\n", "", PageFormat::NdJson)).value(), IsEmpty());
}

TEST(RecordScan, MissingRecordsAreAnErrorThatNamesTheStep) {
  for (const auto& [body, message] : std::vector<std::pair<std::string, std::string>>{
           {R"({"message": "x"})", "there is no \"data\""},
           {R"({"data": {}})", "there is no \"issues\""},
           {R"({"data": {"issues": 5}})", "neither a list nor an object"},
           {R"([1])", "there is no \"data\""},
           {"5", "there is no \"data\""}}) {
    const Error error = scan_error(page(body, "/data/issues"));
    EXPECT_EQ(error.kind, ErrorKind::BadRecord) << body;
    EXPECT_THAT(error.message, HasSubstr(message));
  }
}

TEST(RecordScan, ABrokenRecordOfAListIsVisitedWithoutValues) {
  EXPECT_THAT(scan(page(R"([{"a": 1}, {"a": 2 3}, {"a": 4}])"), {"/a"}).value(),
              ElementsAre(R"(0|{"a": 1}|1)", R"(1|{"a": 2 3}|)", R"(2|{"a": 4}|4)"));
}

TEST(RecordScan, ACutOffPageIsAnErrorAtEveryByte) {
  const std::string body =
      R"({"data": [{"id": 1, "t": "a b"}, {"id": 2, "l": [1, 2]}], "next": {"p": 2}})";
  ASSERT_TRUE(scan(page(body, "/data"), {"/id"}));
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto seen = scan(page(body.substr(0, size), "/data"), {"/id"});
    ASSERT_FALSE(seen) << body.substr(0, size);
    EXPECT_EQ(seen.error().kind, ErrorKind::BadRecord);
  }
  EXPECT_FALSE(scan(page("[1] [2]")));
  EXPECT_FALSE(scan(page("[1, 2]]")));
}

TEST(RecordScan, TheVisitorStopsTheScan) {
  int num_seen = 0;
  const auto status = scan_records(page("[1,2,3]"), {}, [&](const ScannedRecord&) -> Status {
    if (++num_seen == 2) return fail(ErrorKind::Cancelled, "enough");
    return {};
  });
  EXPECT_EQ(status.error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(num_seen, 2);
}

TEST(RecordScan, ViewsPointIntoThePageWhateverItsCapacity) {
  for (const std::size_t spare : {0, 4096}) {
    Page tight = page(R"([{"id": 7}])");
    if (spare == 0) tight.body.shrink_to_fit();
    tight.body.reserve(tight.body.size() + spare);
    const auto status = scan_records(tight, {"/id"}, [&](const ScannedRecord& record) -> Status {
      EXPECT_EQ(record.bytes.data(), tight.body.data() + 1);
      EXPECT_EQ(record.values[0].data(), tight.body.data() + 8);
      return {};
    });
    EXPECT_TRUE(status);
  }
}

TEST(RecordScan, APointerHasToStartWithASlash) {
  EXPECT_EQ(scan(page("[]"), {"id"}).error().kind, ErrorKind::Config);
  EXPECT_EQ(scan_error(page("[]", "data")).kind, ErrorKind::Config);
}

TEST(ValueAt, PicksOneValueOfAnAnswer) {
  const std::string body =
      R"({"links": {"next": "https:\/\/x"}, "total": 12345678901234567890, "list": [1, [2]]} )";
  EXPECT_EQ(value_at(body, "/links/next").value(), R"("https:\/\/x")");
  EXPECT_EQ(value_at(body, "/total").value(), "12345678901234567890");
  EXPECT_EQ(value_at(body, "/list/1").value(), "[2]");
  EXPECT_EQ(value_at(body, "").value(), body.substr(0, body.size() - 1));
  EXPECT_EQ(value_at(" 5 ", "").value(), "5");
}

TEST(ValueAt, SaysWhatIsMissingAndWhatIsNoJson) {
  EXPECT_EQ(value_at("{}", "/next").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(value_at("5", "/next").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(value_at("{\"next\": 1", "/next").error().kind, ErrorKind::BadRecord);
  EXPECT_EQ(value_at("", "/next").error().kind, ErrorKind::BadRecord);
  EXPECT_EQ(value_at("{} {}", "").error().kind, ErrorKind::BadRecord);
}

}  // namespace
}  // namespace inlet::decode
