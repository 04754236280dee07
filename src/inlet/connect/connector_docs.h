#pragma once

#include <string>

#include "inlet/connect/connector_spec.h"

namespace inlet {

/// The connector's reference page in Markdown, from the same rows that check options and make
/// tables: what the connection asks for, each table with its options and columns.
std::string connector_markdown(const ConnectorSpec& spec);

}  // namespace inlet
