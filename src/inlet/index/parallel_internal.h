#pragma once

#include <cstddef>
#include <functional>

#include "inlet/base/error.h"

namespace inlet::index {

/// Calls `work` with every number below `count` on at most `num_threads` threads, this one among
/// them. Begins no further item once one has failed; gives that failure.
Status in_parallel(unsigned num_threads, std::size_t count,
                   const std::function<Status(std::size_t)>& work);

}  // namespace inlet::index
