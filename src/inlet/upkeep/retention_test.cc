#include "inlet/upkeep/retention.h"

#include "inlet/delta/table_fixture_test.h"

namespace inlet::upkeep {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(IntervalTest, SparksSpellingsAreRead) {
  EXPECT_EQ(parse_interval("interval 7 days").value(), 168h);
  EXPECT_EQ(parse_interval("30 days").value(), 720h);
  EXPECT_EQ(parse_interval("INTERVAL 1 week 12 hours").value(), 180h);
  EXPECT_EQ(parse_interval("interval  90 minute").value(), 90min);
  EXPECT_EQ(parse_interval("interval 0 seconds").value(), 0s);
  EXPECT_EQ(parse_interval("interval 1500 milliseconds").value(), 1500ms);
  EXPECT_EQ(parse_interval("interval 2500 microseconds").value(), 2ms);
}

TEST(IntervalTest, WhatIsNoTimeSpanIsRefused) {
  for (const char* text :
       {"", "interval", "7", "seven days", "7 moons", "interval 1 month", "-1 days", "1 year",
        "7 days 3", "9223372036854775807 weeks", "1.5 days"}) {
    EXPECT_EQ(parse_interval(text).error().kind, ErrorKind::Config) << text;
  }
}

class RetentionTest : public delta::TableFixture {};

TEST_F(RetentionTest, ATableWithoutPropertiesKeepsFilesAWeekAndItsLogThirtyDays) {
  const delta::Snapshot table = make_table(people_schema());
  EXPECT_EQ(file_retention(table).value(), 168h);
  EXPECT_EQ(log_retention(table).value(), 720h);
}

TEST_F(RetentionTest, TheTablesPropertiesDecide) {
  const auto table = delta::Snapshot::create(
                         engine_, url(), people_schema(),
                         {.properties = {{"delta.deletedFileRetentionDuration", "interval 2 days"},
                                         {"delta.logRetentionDuration", "interval 4 days"}}})
                         .value();
  EXPECT_EQ(file_retention(table).value(), 48h);
  EXPECT_EQ(log_retention(table).value(), 96h);
}

}  // namespace
}  // namespace inlet::upkeep
