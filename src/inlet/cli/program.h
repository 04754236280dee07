#pragma once

#include <map>
#include <string>
#include <vector>

#include "inlet/cli/exit_code.h"
#include "inlet/cli/world.h"

namespace inlet::cli {

/// Runs the command that `words` (without the program's name) ask for in `world`. Errors are one
/// line on `world.err`. Never throws.
ExitCode run_program(const std::vector<std::string>& words, World& world);

/// The whole program on this machine: standard streams, environment, clock, every connector; Ctrl-C
/// and SIGTERM stop a run at its last commit, a second one ends at once. `observer` (may be null)
/// is told what happens in a run; `parameter_defaults` as in pipeline::RunContext.
int run_main(int argc, char** argv, pipeline::RunObserver* observer,
             std::map<std::string, std::string> parameter_defaults = {});

}  // namespace inlet::cli
