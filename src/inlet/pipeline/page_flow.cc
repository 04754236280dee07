#include "inlet/pipeline/page_flow.h"

#include <exception>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::pipeline {
namespace {

std::unexpected<Error> cancelled() {
  return fail(ErrorKind::Cancelled, "the run was stopped");
}

}  // namespace

/// What the source pushes into: numbers the pages and blocks while the queue is full.
class PageFlow::Sink final : public RecordSink {
 public:
  Sink(PageFlow& flow, std::stop_token stop) : flow_(flow), stop_(std::move(stop)) {}

  Status page(Page page) override {
    flow_.on_step_(Step::AfterPage);
    const std::size_t num_bytes = page.body.size();
    if (!flow_.pages_.push({.number = num_items_, .page = std::move(page)}, num_bytes, stop_)) {
      return cancelled();
    }
    ++num_items_;
    flow_.on_step_(Step::BeforePage);
    return {};
  }

  Status batch(Batch batch, Offset offset) override {
    FlowItem item{.offset = std::move(offset)};
    item.decoded.num_records = batch.num_rows();
    item.decoded.batch = std::move(batch);
    const std::size_t num_bytes = item.decoded.batch.num_bytes();
    if (!flow_.items_.push(num_items_, std::move(item), num_bytes, stop_)) return cancelled();
    ++num_items_;
    return {};
  }

  std::uint64_t num_items() const { return num_items_; }

 private:
  PageFlow& flow_;
  std::stop_token stop_;
  std::uint64_t num_items_ = 0;
};

PageFlow::PageFlow(FlowOptions options, Read read, MakeDecoder make_decoder, OnStep on_step,
                   std::stop_token stop)
    : on_step_(std::move(on_step)),
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
  finish(sink.num_items(), std::move(outcome));
}

void PageFlow::finish(std::uint64_t num_items, Result<Offset> outcome) {
  if (outcome) {
    end_offset_ = std::move(*outcome);
  } else {
    read_error_ = std::move(outcome).error();
  }
  pages_.close();
  // Publishes end_offset_ and read_error_ to the thread that pops.
  items_.finish(num_items);
}

void PageFlow::decode(const MakeDecoder& make_decoder) {
  Result<std::unique_ptr<decode::Decoder>> decoder = make_decoder();
  while (std::optional<NumberedPage> next = pages_.pop(stop_.get_token())) {
    Result<FlowItem> item = fail(ErrorKind::Bug, "");
    try {
      item = decoder ? decode_page(**decoder, std::move(next->page))
                     : Result<FlowItem>(std::unexpected(decoder.error()));
    } catch (const std::exception& exception) {
      item = fail(ErrorKind::Bug, format("decoding threw: {}", exception.what()));
    }
    const std::size_t num_bytes = item ? item->decoded.batch.num_bytes() : 0;
    if (!items_.push(next->number, std::move(item), num_bytes, stop_.get_token())) return;
  }
}

Result<FlowItem> PageFlow::decode_page(decode::Decoder& decoder, Page page) const {
  FlowItem item{.offset = page.offset, .origin = page.origin, .page_bytes = page.body.size()};
  Result<decode::DecodedPage> decoded = decoder.decode(page);
  if (decoded) {
    item.decoded = std::move(*decoded);
  } else if (decoded.error().kind == ErrorKind::BadRecord) {
    // No record can be told apart in it: the page as a whole goes to quarantine, and the next one
    // is read.
    item.decoded.num_records = 1;
    item.decoded.bad.push_back(
        {.position = 0, .bytes = std::move(page.body), .reason = decoded.error().message});
  } else {
    return std::unexpected(std::move(decoded).error().within(page.origin.url));
  }
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
