#pragma once

#include <span>
#include <string>

#include "inlet/data/batch.h"

namespace inlet {

/// `batch` with null for each empty text in the nullable ones of these top-level columns: Delta
/// cannot tell the two apart in a partition column.
Batch null_for_empty_texts(Batch batch, std::span<const std::string> columns);

}  // namespace inlet
