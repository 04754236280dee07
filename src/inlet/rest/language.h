#pragma once

#include <string>

#include "inlet/connect/connector_spec.h"
#include "inlet/connect/shape.h"

namespace inlet::rest {

/// What declarative connectors may say beside the common part of a connector.yaml: `http:` and the
/// requests of each table.
SpecExtension declarative_extension();

/// The JSON Schema of a connector.yaml for editors, from the shapes that the loader checks with.
std::string connector_schema_json();

}  // namespace inlet::rest
