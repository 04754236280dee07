#include "python/src/page_pull.h"

#include <exception>
#include <utility>

#include "inlet/base/format.h"

namespace inlet::python {
namespace {

constexpr std::size_t kAheadBytes = 8 << 20;

}  // namespace

class PagePull::Sink final : public RecordSink {
 public:
  Sink(ByteQueue<Page>& pages, std::stop_token stop) : pages_(pages), stop_(std::move(stop)) {}

  Status page(Page page) override {
    const std::size_t num_bytes = page.body.size();
    if (pages_.push(std::move(page), num_bytes, stop_)) return {};
    return fail(ErrorKind::Cancelled, "the read was stopped");
  }
  Status batch(Batch, Offset) override {
    return fail(ErrorKind::Config, "a source that makes columns itself has no pages to land");
  }

 private:
  ByteQueue<Page>& pages_;
  std::stop_token stop_;
};

PagePull::PagePull(Read read) : pages_(kAheadBytes) {
  reader_ = std::jthread([this, read = std::move(read)](std::stop_token stop) {
    try {
      Sink sink(pages_, stop);
      Result<Offset> end = read(sink, std::move(stop));
      if (end) {
        end_offset_ = *std::move(end);
      } else {
        error_ = std::move(end).error();
      }
    } catch (const std::exception& exception) {
      error_ = Error{ErrorKind::Bug, format("the connector threw: {}", exception.what())};
    }
    // Publishes the end, by the queue's lock, to the thread that pops.
    pages_.close();
  });
}

PagePull::~PagePull() {
  reader_.request_stop();
}

Result<std::optional<Page>> PagePull::next(std::stop_token stop) {
  std::optional<Page> page = pages_.pop(stop);
  if (page) return page;
  if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "the read was stopped");
  if (error_) return std::unexpected(*error_);
  return std::optional<Page>();
}

}  // namespace inlet::python
