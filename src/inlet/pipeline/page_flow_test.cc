#include "inlet/pipeline/page_flow.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/batch_json.h"

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
  std::vector<std::string> rows;
  while (rows.size() < kNumPages) {
    const auto item = flow.next();
    ASSERT_TRUE(item.has_value() && item->has_value());
    const decode::DecodedPage& decoded = (*item)->decoded;
    EXPECT_EQ(decoded.num_records, (*item)->num_pages);
    for (std::size_t row = 0; row < decoded.batch.num_rows(); ++row) {
      rows.push_back(row_to_json(decoded.batch, row));
    }
    EXPECT_EQ((*item)->offset, Offset::at("n", std::to_string(rows.size() - 1)));
  }
  for (int id = 0; id < kNumPages; ++id) {
    EXPECT_EQ(rows[id], format(R"({{"id":{},"_rescued_data":null}})", id));
  }
  const auto end = flow.next();
  ASSERT_TRUE(end.has_value());
  EXPECT_FALSE(end->has_value());
  EXPECT_EQ(flow.end_offset(), Offset::at("n", "end"));
}

TEST(PageFlow, GivesThePagesBeforeTheErrorThatEndedTheRead) {
  PageFlow flow = make_flow(read_pages(3, fail(ErrorKind::Unavailable, "gone")));
  std::uint64_t num_pages = 0;
  while (num_pages < 3) num_pages += flow.next().value()->num_pages;
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
  const auto both = flow.next();  // of two formats, so not joined
  ASSERT_TRUE(both.has_value() && both->has_value());
  ASSERT_EQ((*both)->refused.size(), 1U);
  EXPECT_EQ((*both)->refused[0].record.bytes, "<html>");
  EXPECT_EQ((*both)->decoded.num_records, 1U);
  EXPECT_TRUE(flow.next().has_value());
}

TEST(PageFlow, LeavesPagesApartThatHoldMoreThanMayBeJoined) {
  const auto page = [](std::int64_t id) {
    return Page{.body = "{\"id\":" + std::to_string(id) + "}\n",
                .format = PageFormat::NdJson,
                .offset = Offset::at("n", std::to_string(id))};
  };
  PageFlow flow(
      {.group_bytes = 1},
      [&](RecordSink& sink, std::stop_token) -> Result<Offset> {
        for (std::int64_t id = 0; id < 3; ++id) TRY(sink.page(page(id)));
        return Offset{};
      },
      [] { return decode::make_decoder(schema(), {.keys = {"id"}}); }, [](Step) {}, {});
  for (std::int64_t id = 0; id < 3; ++id) {
    const auto item = flow.next();
    ASSERT_TRUE(item && item->has_value());
    EXPECT_EQ((*item)->num_pages, 1U);
    EXPECT_EQ((*item)->offset, Offset::at("n", std::to_string(id)));
  }
  EXPECT_FALSE(flow.next().value());
}

TEST(PageFlow, JoinsSmallPagesAndKeepsWhatEachRefused) {
  const auto bad_page = [](std::string name) {
    return Page{.body = "{\"id\":\"x\"}\n{\"id\":1}\n",
                .format = PageFormat::NdJson,
                .offset = Offset::at("n", name),
                .origin = {.url = name}};
  };
  PageFlow flow(
      {},
      [&](RecordSink& sink, std::stop_token) -> Result<Offset> {
        for (const char* name : {"a", "b", "b"}) TRY(sink.page(bad_page(name)));
        return Offset{};
      },
      [] { return decode::make_decoder(schema(), {.keys = {"id"}}); }, [](Step) {}, {});
  std::vector<std::string> origins;
  std::uint64_t num_rows = 0;
  bool is_mid_air = false;
  while (const auto item = flow.next().value()) {
    for (const RefusedRecord& refused : item->refused) origins.push_back(refused.origin.url);
    num_rows += item->decoded.batch.num_rows();
    is_mid_air = item->is_mid_air;
  }
  EXPECT_EQ(origins, (std::vector<std::string>{"a", "b", "b"}));
  EXPECT_EQ(num_rows, 3U);
  EXPECT_TRUE(is_mid_air);
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
