#include "inlet/pipeline/commit_loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet::pipeline {
namespace {

constexpr int kMaxAttempts = 15;

// Writers that lost to the same one must not meet again.
std::chrono::nanoseconds pause(int attempt) {
  static thread_local std::mt19937 random(std::random_device{}());
  const double most = std::min(2000.0, 5.0 * std::exp2(attempt));  // milliseconds
  const double chosen = std::uniform_real_distribution<double>(0.0, most)(random);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(chosen * 1e6));
}

bool is_empty(const delta::Edit& edit) {
  return edit.add.empty() && edit.delete_rows.empty() && edit.remove.empty() &&
         edit.add_columns.empty() && edit.app_id.empty();
}

}  // namespace

Result<delta::Snapshot> commit_with_retries(
    const Clock& clock, delta::Snapshot base,
    const std::function<Result<delta::Edit>(const delta::Snapshot& base)>& plan) {
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    const delta::Edit edit = TRY(plan(base));
    if (is_empty(edit)) return base;
    Result<delta::Snapshot> committed = delta::commit(base, edit);
    if (committed || committed.error().kind != ErrorKind::Conflict) return committed;
    clock.wait(pause(attempt), {});
    base = TRY(base.refresh());
  }
  return fail(ErrorKind::Conflict,
              format("{}: lost the commit race {} times; too many writers at once, run it again "
                     "when they are done",
                     base.url(), kMaxAttempts));
}

}  // namespace inlet::pipeline
