#include "inlet/delta/commit_race.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace inlet::delta {

bool CommitRace::again() {
  if (++num_lost_ >= kMaxLost) return false;
  const double most = std::min(1000.0, 5.0 * std::exp2(num_lost_));  // milliseconds
  const double chosen = std::uniform_real_distribution<double>(0.0, most)(random_);
  clock_.wait(std::chrono::nanoseconds(static_cast<std::int64_t>(chosen * 1e6)), {});
  return true;
}

}  // namespace inlet::delta
