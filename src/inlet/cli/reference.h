#pragma once

#include <string>
#include <vector>

#include "inlet/cli/command.h"
#include "inlet/cli/world.h"

namespace inlet::cli {

/// One generated page: its path below the reference folder and its Markdown.
struct ReferencePage {
  std::string path;
  std::string text;
};

/// cli.md, from the rows of the commands and exit codes.
ReferencePage command_page(const std::vector<Command>& commands);
/// options.md, from the keys of table_configuration.
ReferencePage option_page();
/// connectors/NAME.md, from what the connector says of itself. Fails when it contradicts itself.
Result<ReferencePage> connector_page(const Connector& connector, const World& world);

}  // namespace inlet::cli
