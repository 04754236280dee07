#pragma once

#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/cli/session.h"
#include "inlet/connect/options.h"
#include "inlet/pipeline/connection_store.h"

namespace inlet::cli {

/// A connection as it may lie on another machine: what is secret or comes from this machine is
/// asked of the environment, under the names that `variables` lists.
struct PortableConnection {
  std::string text;                    ///< of a connections file
  std::vector<std::string> variables;  ///< sorted, each once
};
PortableConnection to_portable(const pipeline::Connection& connection,
                               const std::vector<OptionSpec>& specs);
/// The session's connection of this name.
Result<PortableConnection> portable_connection(const std::string& name, const Session& session,
                                               const World& world);

}  // namespace inlet::cli
