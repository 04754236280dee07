#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "inlet/base/queue.h"
#include "inlet/connect/source.h"

namespace inlet::python {

/// One read, turned from push to pull by a small queue. For one thread; destroying it ends the
/// read.
class PagePull {
 public:
  using Read = std::function<Result<Offset>(RecordSink&, std::stop_token)>;

  explicit PagePull(Read read);
  ~PagePull();
  PagePull(const PagePull&) = delete;
  PagePull& operator=(const PagePull&) = delete;

  /// The next page, nullopt at the end of the read, or the error that ended it. Cancelled once
  /// `stop` is requested; then the read is over.
  Result<std::optional<Page>> next(std::stop_token stop);
  /// The offset that the source returned; after next() has given nullopt.
  const Offset& end_offset() const { return end_offset_; }

 private:
  class Sink;

  ByteQueue<Page> pages_;
  std::optional<Error> error_;
  Offset end_offset_;
  std::jthread reader_;
};

}  // namespace inlet::python
