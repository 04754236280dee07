#pragma once

#include <functional>
#include <memory>

#include "inlet/pipeline/landing.h"
#include "python/src/landing_read.h"

namespace inlet::python {

/// Brings a source into a landing, one read after the other, step by step. While somebody works on
/// a step, a thread of this object lands the next one of the same read, and no more than that one.
/// For one thread; one lander a landing.
class Lander {
 public:
  using OpenRead = std::function<Result<std::unique_ptr<LandingRead>>(const LandedTo& start)>;

  /// What lies behind `start` in the landing is removed: nobody was told of it. `keeper` is what
  /// `open` stands on.
  static Result<Lander> make(std::shared_ptr<void> keeper, OpenRead open, pipeline::Landing landing,
                             LandedTo start);
  ~Lander();
  Lander(Lander&&) noexcept;

  /// The next step; begins a read when none is open. Equal to the last place when the read ended
  /// without anything new. After an error of the source the lander is done, and says the same
  /// again. `stop` ends the waiting alone.
  Result<LandedTo> advance(std::stop_token stop);
  /// The open read has ended with the last step: the next one begins another.
  bool is_at_end() const;

 private:
  struct Impl;
  explicit Lander(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::python
