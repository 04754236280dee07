#pragma once

#include <string>

#include "inlet/cli/session.h"

namespace inlet::cli {

/// Opens the source of a connection, asks it and says that it is well.
Result<pipeline::OpenSource> check_source(const std::string& connection, const Session& session,
                                          World& world);

}  // namespace inlet::cli
