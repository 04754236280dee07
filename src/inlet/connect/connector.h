#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "inlet/connect/source.h"

namespace inlet {

/// One row of the registry that CMake writes from `connectors/*/`: how to learn about a connector
/// and how to make its source.
struct Connector {
  std::string_view name;
  /// The connection's parameters.
  Result<std::vector<OptionSpec>> (*connection_options)();
  /// Options of one table; fails with NotFound for an unknown table, with "did you mean".
  Result<std::vector<OptionSpec>> (*table_options)(std::string_view table);
  /// `connection` was checked against connection_options().
  Result<std::unique_ptr<Source>> (*make)(const Options& connection, const SourceContext& context);
};

/// The connector called `name`; fails with NotFound and "did you mean".
Result<const Connector*> find_connector(std::span<const Connector> registry, std::string_view name);

}  // namespace inlet
