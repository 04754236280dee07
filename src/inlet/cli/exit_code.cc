#include "inlet/cli/exit_code.h"

namespace inlet::cli {

std::span<const ExitCodeRow> exit_codes() {
  static constexpr ExitCodeRow kRows[] = {
      {ExitCode::Ok, "Everything was done."},
      {ExitCode::TableFailed,
       "A run ended, but at least one of its tables failed; the report names "
       "each and what to do."},
      {ExitCode::Usage,
       "The command line, the pipeline, a connection or a connector is wrong; "
       "nothing was done."},
      {ExitCode::Auth, "The source or the store refused the credential."},
      {ExitCode::Unavailable,
       "The source or the store cannot be reached, has not got what was asked "
       "for, limits the rate or sends what cannot be read."},
      {ExitCode::Bug, "A bug in Inlet; please report it."},
      {ExitCode::Interrupted, "Interrupted (Ctrl-C, SIGTERM); tables stand at their last commit."},
  };
  return kRows;
}

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Config: return ExitCode::Usage;
    case ErrorKind::Auth: return ExitCode::Auth;
    case ErrorKind::NotFound:
    case ErrorKind::RateLimited:
    case ErrorKind::Unavailable:
    case ErrorKind::BadRecord:
    case ErrorKind::Conflict:
    case ErrorKind::Indeterminate: return ExitCode::Unavailable;
    case ErrorKind::Cancelled: return ExitCode::Interrupted;
    case ErrorKind::Bug: return ExitCode::Bug;
  }
  return ExitCode::Bug;
}

ExitCode exit_code_of(const pipeline::RunReport& report) {
  ExitCode code = ExitCode::Ok;
  for (const pipeline::TableReport& table : report.tables) {
    if (!table.error) continue;
    if (table.error->kind == ErrorKind::Bug) return ExitCode::Bug;
    const bool is_stopped = table.error->kind == ErrorKind::Cancelled;
    if (!is_stopped) code = ExitCode::TableFailed;
    if (is_stopped && code == ExitCode::Ok) code = ExitCode::Interrupted;
  }
  return code;
}

}  // namespace inlet::cli
