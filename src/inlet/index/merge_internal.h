#pragma once

#include <functional>
#include <span>

#include "inlet/base/error.h"
#include "inlet/index/run_internal.h"

namespace inlet::index {

/// Writes those entries of all `runs` that `keep` accepts, in order. Memory does not depend on how
/// many there are.
Status merge_runs(std::span<Run* const> runs, const std::function<bool(const Entry&)>& keep,
                  RunWriter& out);

}  // namespace inlet::index
