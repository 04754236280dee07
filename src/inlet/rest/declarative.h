#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "inlet/connect/connector_spec.h"
#include "inlet/connect/source.h"

namespace inlet::rest {

/// For the registry: the parameters of the connection, and the options of one table, of a
/// connector that is nothing but a connector.yaml.
Result<std::vector<OptionSpec>> connection_options(std::string_view spec_text,
                                                   std::string_view file);
Result<std::vector<OptionSpec>> table_options(std::string_view spec_text, std::string_view file,
                                              std::string_view table);

/// The source that the file describes. `connection` was checked against connection_options(). Does
/// no I/O. Fails with Config for a mistake in the file (`file:line:column: message`).
Result<std::unique_ptr<Source>> make_source(std::string_view spec_text, std::string_view file,
                                            const Options& connection,
                                            const SourceContext& context);

/// The whole file checked and compiled, requests and expressions included: what the generated
/// documentation and editors go by. Options of tables are those that a user can give.
Result<ConnectorSpec> describe(std::string_view spec_text, std::string_view file);

}  // namespace inlet::rest
