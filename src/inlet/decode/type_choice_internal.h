#pragma once

#include <string>
#include <vector>

#include "inlet/data/type.h"
#include "inlet/decode/infer.h"
#include "inlet/decode/seen_values_internal.h"

namespace inlet::decode {

/// The columns for records of which `records` was seen, with a reason for each path.
InferredSchema choose_schema(const SeenValues& records);

}  // namespace inlet::decode
