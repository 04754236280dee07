#pragma once

#include <functional>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::pipeline {

/// Commits what `plan` makes of the newest snapshot, and plans again on a newer one after each lost
/// race, a bounded number of times and after a growing, random wait. An edit that changes nothing
/// and carries no transaction is not committed; `base` comes back.
Result<delta::Snapshot> commit_with_retries(
    const Clock& clock, delta::Snapshot base,
    const std::function<Result<delta::Edit>(const delta::Snapshot& base)>& plan);

}  // namespace inlet::pipeline
