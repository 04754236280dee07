#pragma once

#include <string>
#include <vector>

#include "inlet/cli/world.h"
#include "inlet/connect/connector.h"

namespace inlet::cli {

/// The options as a Markdown table.
std::string option_rows(const std::vector<OptionSpec>& specs);

/// A section for each table of the connector: ingestion, keys, cursor, options, columns. Asks a
/// source that is made with placeholder parameters; tables that only a live system knows are left
/// out.
Result<std::string> table_sections(const Connector& connector,
                                   const std::vector<OptionSpec>& connection, const World& world);

}  // namespace inlet::cli
