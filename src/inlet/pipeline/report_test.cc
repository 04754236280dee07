#include "inlet/pipeline/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/pipeline/readable.h"

namespace inlet::pipeline {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

TableReport issues() {
  return {.table = "bronze.issues",
          .source_table = "issues",
          .url = "file:///w/bronze/issues",
          .fetched = 1200,
          .committed = 1000,
          .unchanged = 100,
          .deduplicated = 99,
          .quarantined = 1,
          .added_columns = {"colour", "size"},
          .requests = 12,
          .elapsed = milliseconds(2500),
          .offset_after = Offset::at("since", "2026-01-02T03:04:05Z"),
          .version_before = -1,
          .version_after = 1,
          .commits = 1,
          .quarantine_url = "file:///w/_inlet/quarantine"};
}

RunReport report_of(std::vector<TableReport> tables) {
  const Timestamp start{std::chrono::sys_days{std::chrono::year(2026) / 1 / 2}};
  return {.run_id = "run-7",
          .pipeline = "github",
          .inlet_version = "0.1.0",
          .started = start,
          .ended = start + std::chrono::seconds(65),
          .tables = std::move(tables)};
}

TEST(Report, AcceptsFiguresThatAddUp) {
  EXPECT_TRUE(issues().check_sums().has_value());
}

TEST(Report, ShowsTheSumThatDoesNotAddUp) {
  TableReport table = issues();
  table.committed = 999;
  const Status status = table.check_sums();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::Bug);
  EXPECT_EQ(status.error().message,
            "records do not add up for bronze.issues: 1200 fetched, but 999 committed + 100 "
            "unchanged + 99 deduplicated + 1 quarantined = 1199");
}

TEST(Report, IsASuccessOnlyWhenNoTableFailed) {
  TableReport failed = issues();
  failed.error = Error{ErrorKind::Auth, "the token was refused"};
  EXPECT_TRUE(report_of({issues(), issues()}).is_success());
  EXPECT_FALSE(report_of({issues(), failed}).is_success());
}

TEST(Report, WritesEverythingAsJson) {
  const Json json = report_of({issues()}).to_json();
  EXPECT_EQ(json["started"], "2026-01-02T00:00:00Z");
  EXPECT_EQ(json["success"], true);
  const Json& table = json["tables"][0];
  EXPECT_EQ(table["status"], "ok");
  EXPECT_EQ(table["records"]["fetched"], 1200);
  EXPECT_EQ(table["records"]["quarantined"], 1);
  EXPECT_EQ(table["offset_before"], Json::object());
  EXPECT_EQ(table["offset_after"]["since"], "2026-01-02T03:04:05Z");
  EXPECT_EQ(table["version_before"], nullptr);
  EXPECT_EQ(table["version_after"], 1);
  EXPECT_EQ(table["added_columns"], Json({"colour", "size"}));
  EXPECT_FALSE(table.contains("error"));
}

TEST(Report, WritesAnErrorWithItsKind) {
  TableReport failed = issues();
  failed.error = Error{ErrorKind::RateLimited, "used up", milliseconds(5000)};
  const Json table = report_of({failed}).to_json()["tables"][0];
  EXPECT_EQ(table["status"], "rate_limited");
  EXPECT_EQ(table["error"],
            Json({{"kind", "rate_limited"}, {"message", "used up"}, {"retry_after_ms", 5000}}));
}

TEST(Report, ReadsAsALinePerTable) {
  EXPECT_EQ(
      report_of({issues()}).to_text(),
      R"(table          fetched  committed  unchanged  deduplicated  quarantined  requests   time   version
bronze.issues    1,200      1,000        100            99            1        12  2.5 s  new -> 1

bronze.issues: added columns colour, size
bronze.issues: 1 records are in quarantine: file:///w/_inlet/quarantine

run-7 of pipeline github succeeded in 1 m 05 s
)");
}

TEST(Report, SaysWhatWentWrongAndWhatToDo) {
  TableReport failed = issues();
  failed.error = Error{ErrorKind::Auth, "the token was refused (401)"};
  const std::string text = report_of({issues(), failed}).to_text();
  EXPECT_THAT(text, HasSubstr("failed\nbronze.issues: auth: the token was refused (401)\n"
                              "  what to do: renew or widen the connection's credential"));
  EXPECT_THAT(text, HasSubstr("run-7 of pipeline github failed in"));
  EXPECT_THAT(report_of({issues()}).to_text(), Not(HasSubstr("failed")));
}

TEST(Report, TellsARunThatWasStoppedFromOneThatFailed) {
  TableReport stopped = issues();
  stopped.error = Error{ErrorKind::Cancelled, "the run was stopped"};
  TableReport failed = issues();
  failed.error = Error{ErrorKind::Auth, "no"};
  EXPECT_THAT(report_of({stopped}).to_text(), HasSubstr("run-7 of pipeline github stopped in"));
  EXPECT_THAT(report_of({stopped, failed}).to_text(),
              HasSubstr("run-7 of pipeline github failed in"));
}

TEST(Readable, GroupsDigits) {
  EXPECT_EQ(readable_count(0), "0");
  EXPECT_EQ(readable_count(999), "999");
  EXPECT_EQ(readable_count(1000), "1,000");
  EXPECT_EQ(readable_count(1234567), "1,234,567");
}

TEST(Readable, PicksTheUnitOfBytes) {
  EXPECT_EQ(readable_bytes(1023), "1023 B");
  EXPECT_EQ(readable_bytes(1536), "1.5 KiB");
  EXPECT_EQ(readable_bytes((1ULL << 20) - 1), "1.0 MiB");
  EXPECT_EQ(readable_bytes(512ULL << 20), "512.0 MiB");
}

TEST(Readable, PicksTheUnitOfDurations) {
  EXPECT_EQ(readable_duration(milliseconds(250)), "250 ms");
  EXPECT_EQ(readable_duration(milliseconds(12'345)), "12.3 s");
  EXPECT_EQ(readable_duration(milliseconds(59'999)), "1 m 00 s");
  EXPECT_EQ(readable_duration(milliseconds(7'380'000)), "2 h 03 m");
}

}  // namespace
}  // namespace inlet::pipeline
