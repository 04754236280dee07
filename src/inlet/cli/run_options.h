#pragma once

#include "inlet/cli/session.h"

namespace inlet::cli {

/// What the options of `inlet run` ask for; `options` were checked against its arguments.
Result<pipeline::RunOptions> run_options(const Options& options, const Session& session);

}  // namespace inlet::cli
