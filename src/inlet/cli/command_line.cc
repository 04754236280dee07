#include "inlet/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/base/version.h"

namespace inlet::cli {
namespace {

constexpr const char* kDescription =
    "Inlet brings data from any API or folder of files into Delta Lake tables.";
constexpr const char* kFooter =
    "Help on one command: inlet help COMMAND. On exit codes: inlet help exit-codes.";

constexpr const char* kHelpGroup = "Commands";
constexpr std::size_t kHelpColumn = 34;
constexpr std::size_t kHelpWidth = 100;

// What is grown is read by CLI11, or by people.
enum class Reader { Parser, Person };

// What was typed for one argument: one text for each time that it was given.
struct Typed {
  const Argument* argument;
  std::vector<std::string> values = {};
  bool is_set = false;
};

// A command as CLI11 sees it.
struct Branch {
  const Command* command;
  CLI::App* app;
  std::vector<std::unique_ptr<Typed>> typed = {};
};

struct Tree {
  std::unique_ptr<CLI::App> root;
  std::vector<Branch> branches;
};

// The words that begin several commands.
std::string group_summary(std::string_view group) {
  if (group == "connection") return "Add, list and test connections.";
  return "Serve an imitation of an API on this machine.";
}

std::string footer_of(const Command& command) {
  std::string text = command.details;
  if (command.examples.empty()) return text;
  text += text.empty() ? "Examples:" : "\n\nExamples:";
  for (const std::string& example : command.examples) text += "\n  " + example;
  return text;
}

void add_argument(CLI::App& app, Typed& typed, Reader reader) {
  const Argument& argument = *typed.argument;
  const std::string names =
      argument.letter.empty() ? argument.spec.name : argument.letter + "," + argument.spec.name;
  if (argument.is_flag()) {
    app.add_flag(names, typed.is_set, argument.spec.help);
    return;
  }
  CLI::Option* option = app.add_option(names, typed.values, argument.spec.help);
  const bool is_repeatable = argument.spec.type == OptionType::TextList;
  option->type_name(argument.is_positional() ? "" : value_name(argument));
  option->allow_extra_args(argument.is_positional() && is_repeatable);
  if (!is_repeatable) option->expected(1);
  // Only for its usage line: Options has the better complaint about a missing argument.
  if (reader == Reader::Person && argument.spec.is_required) option->required();
  if (argument.spec.default_value) option->default_str(*argument.spec.default_value);
}

// The app of a command's name; `connection add` is `add` below `connection`.
CLI::App& app_of(CLI::App& root, std::map<std::string, CLI::App*>& groups, const Command& command) {
  const auto blank = command.name.find(' ');
  if (blank == std::string::npos) {
    return *root.add_subcommand(command.name, command.summary)->group(kHelpGroup);
  }
  const std::string group = command.name.substr(0, blank);
  CLI::App*& parent = groups[group];
  if (parent == nullptr) {
    parent = root.add_subcommand(group, group_summary(group))->group(kHelpGroup);
  }
  return *parent->add_subcommand(command.name.substr(blank + 1), command.summary)
              ->group(kHelpGroup);
}

Tree grow(const std::vector<Command>& commands, Reader reader) {
  Tree tree{.root = std::make_unique<CLI::App>(kDescription, "inlet"), .branches = {}};
  tree.root->footer(kFooter);
  tree.root->get_formatter()->column_width(kHelpColumn);
  tree.root->get_formatter()->label("REQUIRED", "(required)");
  tree.root->get_formatter()->label("SUBCOMMAND", "COMMAND");
  tree.root->get_formatter()->label("Positionals", "Arguments");
  std::map<std::string, CLI::App*> groups;
  for (const Command& command : commands) {
    CLI::App& app = app_of(*tree.root, groups, command);
    app.footer(footer_of(command));
    app.allow_extras();
    Branch branch{.command = &command, .app = &app};
    for (const Argument& argument : command.arguments) {
      branch.typed.push_back(std::make_unique<Typed>(Typed{.argument = &argument}));
      add_argument(app, *branch.typed.back(), reader);
    }
    tree.branches.push_back(std::move(branch));
  }
  return tree;
}

std::unexpected<Error> usage_error(std::string_view command, std::string_view message) {
  return fail(ErrorKind::Config,
              format("{}; see: inlet {}{}--help", message, command, command.empty() ? "" : " "));
}

// The complaint about a word that no argument of the command takes.
std::unexpected<Error> unexpected_word(const Command& command, const std::string& word) {
  std::vector<std::string> known;
  for (const Argument& argument : command.arguments) {
    if (!argument.is_positional()) known.push_back(argument.spec.name);
  }
  const std::string name = word.substr(0, word.find('='));
  const std::string hint =
      word.starts_with('-') ? did_you_mean(name, std::span<const std::string>(known)) : "";
  return usage_error(command.name,
                     format("inlet {} does not take \"{}\"{}", command.name, name, hint));
}

Result<Options> read_options(const Branch& branch) {
  const std::vector<std::string> extra = branch.app->remaining();
  if (!extra.empty()) return unexpected_word(*branch.command, extra.front());
  std::vector<OptionSpec> specs;
  std::map<std::string, std::string> given;
  for (const auto& typed : branch.typed) {
    const OptionSpec& spec = typed->argument->spec;
    specs.push_back(spec);
    if (typed->is_set) given[spec.name] = "true";
    if (typed->values.empty()) continue;
    given[spec.name] =
        spec.type == OptionType::TextList ? to_text(Json(typed->values)) : typed->values.back();
  }
  return Options::make(specs, given, format("inlet {}", branch.command->name));
}

// The command that the first words name, before CLI11 sees them: its own complaint has no hint.
Status check_command(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  std::vector<std::string> known;
  std::vector<std::string> below;
  for (const Command& command : commands) {
    const auto blank = command.name.find(' ');
    known.push_back(command.name.substr(0, blank));
    if (blank != std::string::npos && known.back() == words.front()) {
      below.push_back(command.name.substr(blank + 1));
    }
  }
  if (words.front().starts_with('-')) return {};
  if (std::find(known.begin(), known.end(), words.front()) == known.end()) {
    return usage_error("",
                       format("no command \"{}\"{}", words.front(),
                              did_you_mean(words.front(), std::span<const std::string>(known))));
  }
  if (below.empty() || (words.size() > 1 && words[1].starts_with('-'))) return {};
  if (words.size() == 1) {
    return usage_error(words.front(), format("inlet {} needs to know what to do", words.front()));
  }
  if (std::find(below.begin(), below.end(), words[1]) != below.end()) return {};
  return usage_error(words.front(),
                     format("no command \"{} {}\"{}", words[0], words[1],
                            did_you_mean(words[1], std::span<const std::string>(below))));
}

// Lines that are too long for a terminal are continued below their text.
std::string wrapped(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool is_entry = line.starts_with("  ");
    const std::string indent(is_entry ? kHelpColumn : 0, ' ');
    while (line.size() > kHelpWidth) {
      const auto blank = line.rfind(' ', kHelpWidth);
      if (blank == std::string::npos || blank <= indent.size()) break;
      result += line.substr(0, blank) + "\n";
      line = indent + line.substr(blank + 1);
    }
    result += line + "\n";
  }
  return result;
}

std::string exit_code_help() {
  std::string text = "Exit codes:\n";
  for (const ExitCodeRow& row : exit_codes()) {
    text += format("  {:>3}  {}\n", static_cast<int>(row.code), row.meaning);
  }
  return text;
}

// `inlet help ...`.
Result<Invocation> help_on(const std::vector<Command>& commands,
                           const std::vector<std::string>& words) {
  if (words.empty()) return Invocation{.text = help_text(commands, nullptr)};
  if (words.front() == "exit-codes") return Invocation{.text = exit_code_help()};
  std::string name = words.front();
  if (words.size() > 1) name += " " + words[1];
  for (const Command& command : commands) {
    if (command.name == name) return Invocation{.text = help_text(commands, &command)};
  }
  TRY(check_command(commands, words));
  return usage_error("", format("no help on \"{}\"", name));
}

}  // namespace

std::string value_name(const Argument& argument) {
  if (argument.is_flag()) return "";
  if (!argument.spec.choices.empty()) {
    std::string text;
    for (const std::string& choice : argument.spec.choices) {
      text.append(text.empty() ? "" : "|").append(choice);
    }
    return text;
  }
  switch (argument.spec.type) {
    case OptionType::Integer: return "NUMBER";
    case OptionType::Duration: return "DURATION";
    case OptionType::Bytes: return "SIZE";
    default: return "TEXT";
  }
}

std::string help_text(const std::vector<Command>& commands, const Command* command) {
  const Tree tree = grow(commands, Reader::Person);
  for (const Branch& branch : tree.branches) {
    if (branch.command != command) continue;
    const auto blank = command->name.find(' ');
    const std::string above =
        blank == std::string::npos ? "inlet" : "inlet " + command->name.substr(0, blank);
    return wrapped(branch.app->help(above));
  }
  return wrapped(tree.root->help());
}

Result<Invocation> parse(const std::vector<Command>& commands,
                         const std::vector<std::string>& words) {
  if (words.empty()) return Invocation{.text = help_text(commands, nullptr)};
  if (words.front() == "help") return help_on(commands, {words.begin() + 1, words.end()});
  if (words.front() == "--version") return Invocation{.text = format("inlet {}\n", kVersion)};
  TRY(check_command(commands, words));
  const Tree tree = grow(commands, Reader::Parser);
  try {
    // CLI11 takes the words from the back.
    tree.root->parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    for (const Branch& branch : tree.branches) {
      if (branch.app->parsed()) return Invocation{.text = help_text(commands, branch.command)};
    }
    return Invocation{.text = wrapped(tree.root->help())};
  } catch (const CLI::ParseError& error) {
    return usage_error("", error.what());
  }
  for (const Branch& branch : tree.branches) {
    if (!branch.app->parsed()) continue;
    return Invocation{.command = branch.command, .options = TRY(read_options(branch))};
  }
  return usage_error("", format("inlet does not take \"{}\"", words.front()));
}

}  // namespace inlet::cli
