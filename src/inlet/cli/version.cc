#include "inlet/base/version.h"

#include <ostream>

#include "inlet/cli/commands_internal.h"

namespace inlet::cli {
namespace {

Result<ExitCode> run(const Options&, World& world) {
  world.out << "inlet " << kVersion << std::endl;
  return ExitCode::Ok;
}

}  // namespace

Command version_command() {
  return {.name = "version", .summary = "Print the version.", .run = run};
}

}  // namespace inlet::cli
