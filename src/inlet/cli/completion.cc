#include <map>
#include <ostream>
#include <set>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/commands_internal.h"

namespace inlet::cli {
namespace {

// One branch of the script: what may follow when the position and the first two words look so.
std::string branch(std::string_view pattern, std::string_view words) {
  return format("    {}) words=\"{}\" ;;\n", pattern, words);
}

// The options of a command, and the choices of its positional arguments.
std::string words_after(const Command& command) {
  std::string words;
  for (const Argument& argument : command.arguments) {
    if (!argument.is_positional()) words += argument.spec.name + " ";
    if (!argument.is_positional()) continue;
    for (const std::string& choice : argument.spec.choices) words += choice + " ";
  }
  return words;
}

std::string branches() {
  std::string first_words;
  std::map<std::string, std::string> groups;
  std::string of_commands;
  std::set<std::string> seen;
  for (const Command& command : commands()) {
    const auto blank = command.name.find(' ');
    const std::string first = command.name.substr(0, blank);
    if (seen.insert(first).second) first_words += first + " ";
    if (blank != std::string::npos) groups[first] += command.name.substr(blank + 1) + " ";
    const std::string_view end = blank == std::string::npos ? " " : "";
    of_commands += branch(format("*:\"{}{}\"*", command.name, end), words_after(command));
  }
  std::string text = branch("1:*", first_words);
  for (const auto& [first, words] : groups) text += branch(format("2:\"{} \"*", first), words);
  return text + of_commands;
}

Result<ExitCode> run(const Options&, World& world) {
  world.out << "# Completion for bash, and for zsh after: autoload bashcompinit; bashcompinit\n"
               "_inlet() {\n"
               "  local words=\"\"\n"
               "  case \"$COMP_CWORD:${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n"
            << branches()
            << "  esac\n"
               "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
               "}\n"
               "complete -o default -F _inlet inlet\n"
            << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .summary = "Print a completion script for bash and zsh.",
          .examples = {"source <(inlet completion)"},
          .run = run};
}

}  // namespace inlet::cli
