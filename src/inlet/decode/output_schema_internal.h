#pragma once

#include "inlet/data/type.h"
#include "inlet/decode/decoder.h"

namespace inlet::decode {

/// The columns that a decoder fills: `schema`, nullable throughout under the lakeflow policy, and
/// the rescued column where it is asked for.
Schema output_schema_of(Schema schema, const DecodeOptions& options);

}  // namespace inlet::decode
