#include "inlet/cli/reference.h"

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/command_line.h"
#include "inlet/cli/option_text.h"
#include "inlet/cli/source_page_internal.h"
#include "inlet/pipeline/spec.h"

namespace inlet::cli {
namespace {

std::string escaped(std::string_view text, std::string_view special) {
  std::string safe;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

// Text for a cell of a Markdown table.
std::string cell(std::string_view text) {
  return escaped(text, "|<*");
}

// In code only the bar ends something.
std::string code(std::string_view text) {
  return text.empty() ? "" : format("`{}`", escaped(text, "|"));
}

std::string argument_text(const Argument& argument) {
  const std::string value = value_name(argument);
  std::string text = argument.letter.empty() ? "" : format("`{}`, ", argument.letter);
  if (argument.is_positional() || value.empty()) return text + code(argument.spec.name);
  return text + code(argument.spec.name + " " + value);
}

std::string command_text(const Command& command) {
  std::string text = format("## inlet {}\n\n{}\n", command.name, command.summary);
  if (!command.details.empty()) text += "\n" + command.details + "\n";
  if (!command.arguments.empty()) {
    text += "\n| Argument | Default | Meaning |\n| --- | --- | --- |\n";
    for (const Argument& argument : command.arguments) {
      text += format("| {} | {} | {} |\n", argument_text(argument),
                     argument.spec.is_required ? "required" : code(default_text(argument.spec)),
                     cell(argument.spec.help));
    }
  }
  if (command.examples.empty()) return text;
  text += "\n```sh\n";
  for (const std::string& example : command.examples) text += example + "\n";
  return text + "```\n";
}

}  // namespace

constexpr std::string_view kGenerated = "<!-- Written by `inlet docs`; do not edit. -->\n\n";

std::string option_rows(const std::vector<OptionSpec>& specs) {
  std::string text = "| Option | Type | Default | Meaning |\n| --- | --- | --- | --- |\n";
  for (const OptionSpec& spec : specs) {
    const std::string value = spec.is_required ? "required" : code(default_text(spec));
    text += format("| `{}` | {} | {} | {} |\n", spec.name, cell(type_text(spec)), value,
                   cell(spec.help));
  }
  return text;
}

ReferencePage command_page(const std::vector<Command>& commands) {
  std::string text = std::string(kGenerated) + "# The command line\n";
  for (const Command& command : commands) text += "\n" + command_text(command);
  text += "\n## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n";
  for (const ExitCodeRow& row : exit_codes()) {
    text += format("| {} | {} |\n", static_cast<int>(row.code), cell(row.meaning));
  }
  return {.path = "cli.md", .text = std::move(text)};
}

ReferencePage option_page() {
  return {.path = "options.md",
          .text = std::string(kGenerated) +
                  "# Keys of table_configuration\n\nThe engine takes these for itself; every other "
                  "key is an option of the source's table (see the connector's page).\n\n" +
                  option_rows(pipeline::table_configuration_options())};
}

Result<ReferencePage> connector_page(const Connector& connector, const World& world) {
  const std::vector<OptionSpec> connection = TRY(connector.connection_options());
  std::string text =
      std::string(kGenerated) + format("# Connector {}\n\n## Connection\n\n", connector.name);
  text += option_rows(connection);
  text += TRY(table_sections(connector, connection, world));
  return ReferencePage{.path = format("connectors/{}.md", connector.name), .text = std::move(text)};
}

}  // namespace inlet::cli
