#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

#include "inlet/connect/source.h"
#include "inlet/pipeline/landing.h"

namespace inlet::python {

/// How much one step may land; a single page is always let in.
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

/// Brings a source's pages into a landing, step by step. The read goes on between the steps, a few
/// pages ahead, on a thread of its own. For one thread; one lander a landing.
class Lander {
 public:
  using Read = std::function<Result<Offset>(const Offset& start, RecordSink&, std::stop_token)>;

  /// What lies behind `start` in the landing is removed: nobody was told of it. `keeper` is what
  /// `read` stands on.
  static Result<Lander> make(std::shared_ptr<void> keeper, Read read, pipeline::Landing landing,
                             LandedTo start);
  ~Lander();
  Lander(Lander&&) noexcept;

  /// Lands what comes next, up to the limit and to a place where the source can resume; begins a
  /// read when none is open. Equal to the last place when the read ended without anything new.
  Result<LandedTo> advance(const LandingLimit& limit, std::stop_token stop);
  /// The open read has ended: the next step begins another one.
  bool is_at_end() const;
  const LandedTo& position() const;

 private:
  struct Impl;
  explicit Lander(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::python
