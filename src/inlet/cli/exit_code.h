#pragma once

#include <span>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/pipeline/report.h"

namespace inlet::cli {

/// What the program tells its caller. Stable: scripts depend on it.
enum class ExitCode {
  Ok = 0,
  TableFailed = 1,
  Usage = 2,
  Auth = 3,
  Unavailable = 4,
  Bug = 5,
  Interrupted = 130,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view meaning;
};
/// Every code with its meaning: the one table behind `inlet help exit-codes` and the reference
/// page.
std::span<const ExitCodeRow> exit_codes();

ExitCode exit_code_of(ErrorKind kind);
/// Interrupted when tables only ended because the run was stopped; Bug when one met a bug.
ExitCode exit_code_of(const pipeline::RunReport& report);

}  // namespace inlet::cli
