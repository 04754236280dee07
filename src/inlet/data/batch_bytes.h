#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"

namespace inlet {

/// Appends the values of `batch`, without its schema, for this process to read again: its buffers
/// one after the other. The batch is one that a BatchBuilder made: no array in it is a slice.
void append_bytes(std::string& out, const Batch& batch);

/// The batch that append_bytes() wrote, of the same schema. Unavailable when `bytes` are not all of
/// them and nothing else.
Result<Batch> read_batch(std::shared_ptr<const Schema> schema, std::string_view bytes);

}  // namespace inlet
