#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "inlet/base/error.h"

namespace inlet::cli {

/// Runs a program with our input and outputs, and returns its exit code, 128 + the signal when one
/// ended it. A request to stop is passed on as SIGTERM and waited for. Fails with Config when there
/// is no such program.
Result<int> run_child(std::vector<std::string> command, std::stop_token stop);

}  // namespace inlet::cli
