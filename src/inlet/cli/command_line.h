#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlet/cli/command.h"

namespace inlet::cli {

/// What a command line asks for: a command with its options, or a text to print.
struct Invocation {
  const Command* command = nullptr;  ///< null: `text` is the answer
  Options options = {};
  std::string text = {};
};

/// Reads the words after the program's name. Fails with Config: an unknown command or option with
/// "did you mean", a missing or bad value. `commands` outlives the result.
Result<Invocation> parse(const std::vector<Command>& commands,
                         const std::vector<std::string>& words);

/// The kind of value that an argument takes, for people: `DURATION`, `text|json`; empty for a flag.
std::string value_name(const Argument& argument);
/// The help text of one command, or of the program for nullptr.
std::string help_text(const std::vector<Command>& commands, const Command* command);

}  // namespace inlet::cli
