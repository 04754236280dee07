#pragma once

#include <memory>
#include <string>

#include "python/src/reading.h"
#include "python/src/world.h"

namespace inlet::python {

/// The rows of one landed segment: what an executor does. Needs no connection and no network but
/// the landing's. `options.num_decoders` is 1, so that rows come in the order of the pages.
Result<std::shared_ptr<Reading>> read_segment(const World& world, const std::string& landing,
                                              std::uint64_t segment, RowOptions options);

}  // namespace inlet::python
