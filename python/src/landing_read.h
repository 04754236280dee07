#pragma once

#include <cstdint>
#include <limits>
#include <stop_token>

#include "inlet/connect/offset.h"

namespace inlet::python {

/// How much one step may land; a single page or share is always let in.
struct LandingLimit {
  std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_records = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_segments = std::numeric_limits<std::uint64_t>::max();
};

/// A place in a landing: its last segment, and where the source stands after it.
struct LandedTo {
  std::uint64_t segment = 0;
  Offset offset = {};
  bool operator==(const LandedTo&) const = default;
};

/// One read of a source, brought into a landing step by step. For one thread.
class LandingRead {
 public:
  struct Step {
    LandedTo place;
    bool is_end = false;  ///< the read has ended there
  };

  virtual ~LandingRead() = default;
  /// Lands what comes next, up to the limit and to a place where the source can resume. Not to be
  /// called after the end, nor after an error.
  virtual Result<Step> next(std::stop_token stop) = 0;
};

}  // namespace inlet::python
