#pragma once

#include <random>

#include "inlet/base/clock.h"

namespace inlet::delta {

/// Counts the races for a version that one commit has lost and waits a growing, random while after
/// each, so that writers who lost to the same one do not meet again.
class CommitRace {
 public:
  explicit CommitRace(const Clock& clock) : clock_(clock) {}

  /// Eight writers on two busy cores were seen to cost one of them 15.
  static constexpr int kMaxLost = 60;
  /// After a Conflict: waits and says true, or says false when it is time to give up.
  bool again();

 private:
  const Clock& clock_;
  std::mt19937 random_{std::random_device{}()};
  int num_lost_ = 0;
};

}  // namespace inlet::delta
