#pragma once

#include <functional>
#include <memory>

#include "inlet/connect/source.h"
#include "inlet/pipeline/landing.h"
#include "python/src/landing_read.h"

namespace inlet::python {

/// Lands a read's pages, for sources that cannot be asked twice for the same answer. They are read
/// a few ahead, on a thread of its own.
class PageLanding final : public LandingRead {
 public:
  using Read = std::function<Result<Offset>(const Offset& start, RecordSink&, std::stop_token)>;

  PageLanding(Read read, pipeline::Landing landing, LandedTo start, LandingLimit limit);
  ~PageLanding() override;

  /// Fails with Config when the read has sent records and come to no new offset.
  Result<Step> next(std::stop_token stop) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::python
