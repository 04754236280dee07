#include "inlet/pipeline/page_flow.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::pipeline {
namespace {

Schema schema() {
  return {{{"id", {TypeKind::Long}, false}}};
}

Page page_of(int id) {
  return {.body = format("{{\"id\":{}}}\n", id),
          .format = PageFormat::NdJson,
          .offset = Offset::at("n", std::to_string(id))};
}

PageFlow::Read read_pages(int num_pages, Result<Offset> outcome) {
  return [=](RecordSink& sink, std::stop_token) -> Result<Offset> {
    for (int id = 0; id < num_pages; ++id) TRY(sink.page(page_of(id)));
    return outcome;
  };
}

PageFlow make_flow(PageFlow::Read read, std::stop_token stop = {}) {
  // Room for a page or two: every queue fills up and blocks.
  return PageFlow(
      {.page_queue_bytes = 20, .batch_queue_bytes = 600, .num_decoders = 3}, std::move(read),
      [] { return decode::make_decoder(schema(), {}); }, [](Step) {}, std::move(stop));
}

TEST(PageFlow, DeliversEveryPageInTheSourcesOrder) {
  constexpr int kNumPages = 500;
  PageFlow flow = make_flow(read_pages(kNumPages, Offset::at("n", "end")));
  for (int id = 0; id < kNumPages; ++id) {
    const auto item = flow.next();
    ASSERT_TRUE(item.has_value() && item->has_value());
    EXPECT_EQ((*item)->offset, Offset::at("n", std::to_string(id)));
    EXPECT_EQ((*item)->decoded.num_records, 1U);
  }
  const auto end = flow.next();
  ASSERT_TRUE(end.has_value());
  EXPECT_FALSE(end->has_value());
  EXPECT_EQ(flow.end_offset(), Offset::at("n", "end"));
}

TEST(PageFlow, GivesThePagesBeforeTheErrorThatEndedTheRead) {
  PageFlow flow = make_flow(read_pages(3, fail(ErrorKind::Unavailable, "gone")));
  for (int id = 0; id < 3; ++id) EXPECT_TRUE(flow.next().has_value());
  EXPECT_EQ(flow.next().error().kind, ErrorKind::Unavailable);
}

TEST(PageFlow, TurnsAThrowingSourceIntoAnError) {
  PageFlow flow = make_flow(
      [](RecordSink&, std::stop_token) -> Result<Offset> { throw std::runtime_error("oops"); });
  const auto item = flow.next();
  ASSERT_FALSE(item.has_value());
  EXPECT_EQ(item.error().message, "the connector threw: oops");
}

TEST(PageFlow, QuarantinesAPageThatIsNoJsonAndGoesOn) {
  PageFlow flow = make_flow([](RecordSink& sink, std::stop_token) -> Result<Offset> {
    TRY(sink.page({.body = "<html>", .format = PageFormat::Json}));
    TRY(sink.page(page_of(1)));
    return Offset{};
  });
  const auto bad = flow.next();
  ASSERT_TRUE(bad.has_value() && bad->has_value());
  ASSERT_EQ((*bad)->decoded.bad.size(), 1U);
  EXPECT_EQ((*bad)->decoded.bad[0].bytes, "<html>");
  EXPECT_EQ((*bad)->decoded.num_records, 1U);
  EXPECT_TRUE(flow.next().has_value());
}

TEST(PageFlow, AStopRequestEndsAReadThatNobodyEmpties) {
  std::stop_source stop;
  PageFlow flow = make_flow(read_pages(1'000'000, Offset{}), stop.get_token());
  EXPECT_TRUE(flow.next().has_value());
  stop.request_stop();
  Result<std::optional<FlowItem>> item = flow.next();
  while (item && item->has_value()) item = flow.next();
  ASSERT_FALSE(item.has_value());
  EXPECT_EQ(item.error().kind, ErrorKind::Cancelled);
}

}  // namespace
}  // namespace inlet::pipeline
