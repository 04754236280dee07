#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/cli/exit_code.h"
#include "inlet/cli/world.h"
#include "inlet/connect/options.h"

namespace inlet::cli {

/// One word of a command line. The same row parses it, checks it, prints its help and its reference
/// page. Its name is what people type: `--max-memory`, or `PIPELINE` for one known by its position.
/// A Boolean without a default is a flag; a TextList may be given more than once.
struct Argument {
  OptionSpec spec;
  std::string letter = {};  ///< `-n`; empty: none

  bool is_positional() const { return !spec.name.starts_with("--"); }
  bool is_flag() const { return spec.type == OptionType::Boolean && !spec.default_value; }
};

/// One command of the program.
struct Command {
  std::string name;     ///< `run`, `connection add`
  std::string summary;  ///< one sentence
  std::string details = {};
  std::vector<std::string> examples = {};
  std::vector<Argument> arguments = {};
  /// `options` were checked against `arguments`.
  Result<ExitCode> (*run)(const Options& options, World& world) = nullptr;
};

/// Every command, in the order of the help text.
std::vector<Command> commands();

/// True when the flag was given.
bool is_given(const Options& options, std::string_view flag);
/// The list, or an empty one when it was not given.
Result<std::vector<std::string>> list_or_empty(const Options& options, std::string_view name);

}  // namespace inlet::cli
