#include "inlet/cli/program.h"

#include <exception>
#include <ostream>

#include "inlet/base/try.h"
#include "inlet/cli/command_line.h"

namespace inlet::cli {
namespace {

Result<ExitCode> answer(const std::vector<std::string>& words, World& world) {
  const std::vector<Command> known = commands();
  const Invocation invocation = TRY(parse(known, words));
  if (invocation.command != nullptr) return invocation.command->run(invocation.options, world);
  world.out << invocation.text << std::flush;
  return ExitCode::Ok;
}

// One line, whatever the message holds.
void print_error(World& world, const Error& error) {
  std::string line = "error: " + error.message;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  world.err << line << std::endl;
}

}  // namespace

ExitCode run_program(const std::vector<std::string>& words, World& world) {
  try {
    const Result<ExitCode> code = answer(words, world);
    if (code) return *code;
    print_error(world, code.error());
    return exit_code_of(code.error().kind);
  } catch (const std::exception& exception) {
    print_error(world, {ErrorKind::Bug, std::string("unexpected: ") + exception.what() +
                                            "; this is a bug in Inlet, please report it"});
    return ExitCode::Bug;
  }
}

}  // namespace inlet::cli
