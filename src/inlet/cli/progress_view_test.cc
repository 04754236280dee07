#include "inlet/cli/progress_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "testkit/manual_clock.h"

namespace inlet::cli {
namespace {

using ::testing::HasSubstr;

class CountingObserver final : public pipeline::RunObserver {
 public:
  void on_step(pipeline::Step, const std::string&) override { ++num_steps; }
  void on_progress(const pipeline::Progress&) override { ++num_progress; }
  int num_steps = 0;
  int num_progress = 0;
};

class ListSink final : public LogSink {
 public:
  explicit ListSink(std::ostream& out) : out_(out) {}
  void write(const LogRecord& record) override { out_ << record.message << "\n"; }

 private:
  std::ostream& out_;
};

TEST(ProgressView, DrawsOneLineForEachTable) {
  std::ostringstream out;
  const testkit::ManualClock clock;
  ProgressView view(out, 120, clock, nullptr);
  view.on_progress({.table = "issues",
                    .fetched = 1200,
                    .committed = 1000,
                    .page_bytes = 2048,
                    .requests_left = 4999});
  EXPECT_THAT(out.str(), HasSubstr("issues"));
  EXPECT_THAT(out.str(), HasSubstr("1,200 rows"));
  EXPECT_THAT(out.str(), HasSubstr("1,000 committed"));
  EXPECT_THAT(out.str(), HasSubstr("2.0 KiB"));
  EXPECT_THAT(out.str(), HasSubstr("4,999 requests left"));
}

TEST(ProgressView, DrawsAtMostTenTimesASecond) {
  std::ostringstream out;
  testkit::ManualClock clock;
  ProgressView view(out, 120, clock, nullptr);
  view.on_progress({.table = "t", .fetched = 1});
  const auto drawn_once = out.str().size();
  view.on_progress({.table = "t", .fetched = 2});
  EXPECT_EQ(out.str().size(), drawn_once);
  clock.advance(std::chrono::seconds(1));
  view.on_progress({.table = "t", .fetched = 3});
  EXPECT_THAT(out.str().substr(drawn_once), ::testing::StartsWith("\x1b[1A\x1b[J"));
  EXPECT_THAT(out.str(), HasSubstr("3/s"));
}

TEST(ProgressView, KeepsLinesWithinTheWidth) {
  std::ostringstream out;
  const testkit::ManualClock clock;
  ProgressView view(out, 20, clock, nullptr);
  view.on_progress({.table = "a_table_with_a_very_long_name"});
  EXPECT_EQ(out.str().find('\n'), out.str().size() - 1);
  EXPECT_LE(out.str().size(), 20U + 2U);  // the ellipsis is three bytes
}

TEST(ProgressView, WritesLogLinesAboveItself) {
  std::ostringstream out;
  const testkit::ManualClock clock;
  ProgressView view(out, 80, clock, nullptr);
  const auto sink = view.above(std::make_shared<ListSink>(out));
  view.on_progress({.table = "t"});
  Log(sink, LogLevel::Info).info("hello");
  const std::string text = out.str();
  EXPECT_LT(text.find("\x1b[1A\x1b[J"), text.find("hello\n"));
  EXPECT_GT(text.rfind("rows"), text.find("hello\n"));
}

TEST(ProgressView, DrawsNothingWithoutATerminalButPassesOn) {
  std::ostringstream out;
  const testkit::ManualClock clock;
  CountingObserver next;
  ProgressView view(out, 0, clock, &next);
  view.on_progress({.table = "t"});
  view.on_step(pipeline::Step::BeforePage, "t");
  view.clear();
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(next.num_progress, 1);
  EXPECT_EQ(next.num_steps, 1);
}

TEST(ProgressView, TakesItsLinesAway) {
  std::ostringstream out;
  const testkit::ManualClock clock;
  ProgressView view(out, 80, clock, nullptr);
  view.on_progress({.table = "a"});
  view.on_progress({.table = "b"});
  view.clear();
  EXPECT_THAT(out.str(), ::testing::EndsWith("\x1b[2A\x1b[J"));
}

}  // namespace
}  // namespace inlet::cli
