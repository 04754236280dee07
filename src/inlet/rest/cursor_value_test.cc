#include "inlet/rest/cursor_value.h"

#include <gtest/gtest.h>

#include "inlet/rest/http_date.h"
#include "inlet/rest/link_header.h"

namespace inlet::rest {
namespace {

CursorValue time(std::string_view text) {
  return *CursorValue::parse_time(text);
}

TEST(CursorValue, OrdersTimesByInstantAndNotByText) {
  EXPECT_LT(time("2026-01-02T03:04:05Z"), time("2026-01-02T03:04:05.5Z"));
  EXPECT_LT(time("2026-01-02T03:04:05.123456788Z"), time("2026-01-02T03:04:05.123456789Z"));
  EXPECT_EQ(time("2026-01-02T03:04:05Z"), time("2026-01-02T05:04:05+02:00"));
  EXPECT_LT(time("2026-01-02"), time("2026-01-02T00:00:01Z"));
}

TEST(CursorValue, KeepsEveryDigitInTheOffset) {
  EXPECT_EQ(time("2026-01-02T03:04:05.1234567Z").canonical(), "2026-01-02T03:04:05.1234567Z");
  EXPECT_EQ(time("2026-01-02T03:04:05.500Z").canonical(), "2026-01-02T03:04:05.5Z");
  EXPECT_EQ(time("1969-12-31T23:59:59.9Z").canonical(), "1969-12-31T23:59:59.9Z");
}

TEST(CursorValue, SpellsParametersAsTheApiWantsThem) {
  const CursorValue value = time("2026-01-02T03:04:05.75Z");
  EXPECT_EQ(value.as_parameter(CursorFormat::Rfc3339), "2026-01-02T03:04:05.75Z");
  EXPECT_EQ(value.as_parameter(CursorFormat::Date), "2026-01-02");
  EXPECT_EQ(value.as_parameter(CursorFormat::Epoch), 1767323045);
  EXPECT_EQ(value.as_parameter(CursorFormat::EpochMillis), 1767323045750);
}

TEST(CursorValue, GoesBackByADuration) {
  EXPECT_EQ(time("2026-01-02T03:04:05.25Z").minus(std::chrono::milliseconds(500)).canonical(),
            "2026-01-02T03:04:04.75Z");
}

TEST(CursorValue, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-01-02T03:04:05",
                           "2026-01-02T25:00:00Z", "2026-01-02T03:04:05 "}) {
    EXPECT_FALSE(CursorValue::parse_time(text)) << text;
  }
}

TEST(CursorValue, ReadsIntegersAndTextsAndEpochs) {
  const auto of = [](const Json& json, CursorValue::Kind kind, CursorFormat format) {
    return CursorValue::from_json(json, kind, format)->canonical();
  };
  EXPECT_EQ(of(9007199254740993, CursorValue::Kind::Integer, {}), "9007199254740993");
  EXPECT_EQ(of("b", CursorValue::Kind::Text, {}), "b");
  EXPECT_EQ(of(1767323045, CursorValue::Kind::Time, CursorFormat::Epoch), "2026-01-02T03:04:05Z");
  EXPECT_EQ(of(1767323045250, CursorValue::Kind::Time, CursorFormat::EpochMillis),
            "2026-01-02T03:04:05.25Z");
  EXPECT_FALSE(CursorValue::from_json(Json::array(), CursorValue::Kind::Time, {}));
}

TEST(HttpDate, ReadsTheOneFormatThatServersSend) {
  EXPECT_EQ(to_rfc3339(*parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")), "1994-11-06T08:49:37Z");
  EXPECT_FALSE(parse_http_date("1994-11-06T08:49:37Z"));
}

TEST(LinkHeader, FindsTheRelation) {
  const std::string header =
      R"(<https://a/x?page=2>; rel="next", <https://a/x?page=9>; rel="last")";
  EXPECT_EQ(find_link(header, "next"), "https://a/x?page=2");
  EXPECT_EQ(find_link(header, "last"), "https://a/x?page=9");
  EXPECT_EQ(find_link(header, "prev"), std::nullopt);
  EXPECT_EQ(find_link("<https://a/x,y;z>; title=\"n\"; rel=next", "next"), "https://a/x,y;z");
  EXPECT_EQ(find_link("<https://a>; rel=\"first next\"", "next"), "https://a");
  EXPECT_EQ(find_link("nonsense", "next"), std::nullopt);
}

}  // namespace
}  // namespace inlet::rest
