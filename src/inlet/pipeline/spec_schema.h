#pragma once

#include "inlet/base/json.h"

namespace inlet::pipeline {

/// The JSON Schema (draft 7) of pipeline specs in both shapes, for editors. The keys of
/// table_configuration come from table_configuration_options().
Json spec_json_schema();

}  // namespace inlet::pipeline
