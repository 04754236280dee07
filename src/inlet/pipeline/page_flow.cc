#include "inlet/pipeline/page_flow.h"

#include <exception>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::pipeline {
namespace {

// Small pages are decoded together: what comes after costs by the batch more than by the row. A
// source that answers slowly waits no longer than this for company.
constexpr std::chrono::milliseconds kLinger{50};

std::unexpected<Error> cancelled() {
  return fail(ErrorKind::Cancelled, "the run was stopped");
}

void add_counts(decode::DecodedPage& sum, const decode::DecodedPage& page) {
  sum.num_records += page.num_records;
  sum.num_duplicates += page.num_duplicates;
  sum.num_filtered += page.num_filtered;
  sum.num_rescued += page.num_rescued;
  sum.num_repeated_members += page.num_repeated_members;
  sum.num_truncated_times += page.num_truncated_times;
}

Status decode_page(decode::Decoder& decoder, Page& page, FlowItem& item) {
  Result<decode::DecodedPage> decoded = decoder.add(page);
  if (decoded) {
    add_counts(item.decoded, *decoded);
    for (decode::BadRecord& bad : decoded->bad) {
      item.refused.push_back({std::move(bad), page.origin});
    }
    return {};
  }
  if (decoded.error().kind != ErrorKind::BadRecord) {
    return std::unexpected(std::move(decoded).error().within(page.origin.url));
  }
  // No record can be told apart in it: the page as a whole goes to quarantine, and the next one is
  // read.
  ++item.decoded.num_records;
  item.refused.push_back(
      {{.position = 0, .bytes = std::move(page.body), .reason = decoded.error().message},
       page.origin});
  return {};
}

}  // namespace

/// What the source pushes into; blocks while the queue is full.
class PageFlow::Sink final : public RecordSink {
 public:
  Sink(PageFlow& flow, std::stop_token stop)
      : flow_(flow), stop_(std::move(stop)), last_(flow.start_) {}

  Status page(Page page) override {
    flow_.on_step_(Step::AfterPage);
    const std::size_t num_bytes = page.body.size();
    TRY(push({.page = std::move(page)}, num_bytes));
    flow_.on_step_(Step::BeforePage);
    return {};
  }

  Status batch(Batch batch, Offset offset) override {
    const std::size_t num_bytes = batch.num_bytes();
    return push({.page = {.offset = std::move(offset)}, .rows = std::move(batch)}, num_bytes);
  }

 private:
  Status push(Incoming incoming, std::size_t num_bytes) {
    incoming.is_mid_air = incoming.page.offset == last_;
    last_ = incoming.page.offset;
    if (!flow_.pages_.push(std::move(incoming), num_bytes, stop_)) return cancelled();
    return {};
  }

  PageFlow& flow_;
  std::stop_token stop_;
  Offset last_;
};

PageFlow::PageFlow(FlowOptions options, Read read, MakeDecoder make_decoder, OnStep on_step,
                   std::stop_token stop)
    : on_step_(std::move(on_step)),
      start_(std::move(options.start)),
      group_bytes_(options.group_bytes),
      on_outer_stop_(std::move(stop), [this] { stop_.request_stop(); }),
      pages_(options.page_queue_bytes),
      items_(options.batch_queue_bytes) {
  threads_.emplace_back([this, read = std::move(read)] { this->read(read); });
  for (unsigned i = 0; i < options.num_decoders; ++i) {
    threads_.emplace_back([this, make_decoder] { decode(make_decoder); });
  }
}

PageFlow::~PageFlow() {
  stop_.request_stop();
}

void PageFlow::read(const Read& read) {
  Sink sink(*this, stop_.get_token());
  Result<Offset> outcome = cancelled();
  try {
    on_step_(Step::BeforePage);
    outcome = read(sink, stop_.get_token());
  } catch (const std::exception& exception) {
    outcome = fail(ErrorKind::Bug, format("the connector threw: {}", exception.what()));
  }
  finish(std::move(outcome));
}

void PageFlow::finish(Result<Offset> outcome) {
  if (outcome) {
    end_offset_ = std::move(*outcome);
  } else {
    read_error_ = std::move(outcome).error();
  }
  // Publishes end_offset_ and read_error_, by way of a decoder, to the thread that pops.
  pages_.close();
}

void PageFlow::decode(const MakeDecoder& make_decoder) {
  Result<std::unique_ptr<decode::Decoder>> decoder = make_decoder();
  const auto joins = [](const Incoming& first, const Incoming& next) {
    return !first.rows && !next.rows && first.page.format == next.page.format;
  };
  const std::stop_token stop = stop_.get_token();
  while (std::optional<Group> group = pages_.take(group_bytes_, kLinger, joins, stop)) {
    Result<FlowItem> item = fail(ErrorKind::Bug, "");
    try {
      item = decoder ? decode_group(**decoder, group->items)
                     : Result<FlowItem>(std::unexpected(decoder.error()));
    } catch (const std::exception& exception) {
      item = fail(ErrorKind::Bug, format("decoding threw: {}", exception.what()));
    }
    const std::size_t num_bytes = item ? item->decoded.batch.num_bytes() : 0;
    if (!items_.push(group->number, std::move(item), num_bytes, stop)) return;
  }
  if (!stop.stop_requested()) items_.finish(pages_.num_groups());
}

Result<FlowItem> PageFlow::decode_group(decode::Decoder& decoder, std::vector<Incoming>& group) {
  Incoming& last = group.back();
  FlowItem item{
      .offset = last.page.offset, .is_mid_air = last.is_mid_air, .num_pages = group.size()};
  if (last.rows) {
    item.decoded.num_records = last.rows->num_rows();
    item.decoded.batch = std::move(*last.rows);
    return item;
  }
  for (Incoming& incoming : group) {
    item.page_bytes += incoming.page.body.size();
    TRY(decode_page(decoder, incoming.page, item));
    incoming.page.body = {};
  }
  item.decoded.batch = decoder.take_rows();
  return item;
}

Result<std::optional<FlowItem>> PageFlow::next() {
  std::optional<Result<FlowItem>> item = items_.pop(stop_.get_token());
  if (item) {
    if (!item->has_value()) return std::unexpected(std::move(*item).error());
    return std::optional<FlowItem>(std::move(**item));
  }
  // Stopped, the reader may still be writing how its read ended; else the queue has said that it is
  // done.
  if (stop_.stop_requested()) return cancelled();
  if (read_error_) return std::unexpected(*read_error_);
  return std::optional<FlowItem>();
}

}  // namespace inlet::pipeline
