#include <istream>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/cli/store_options.h"
#include "inlet/cli/text_table.h"

namespace inlet::cli {
namespace {

bool is_secret(const std::vector<OptionSpec>& specs, std::string_view name) {
  for (const OptionSpec& spec : specs) {
    if (spec.name == name) return spec.type == OptionType::Secret;
  }
  return sounds_secret(name);
}

// The value of `name=value`: `-` is read from standard input, so that a secret need not stand in
// the process list or in the shell's history.
Result<std::string> parameter_value(const std::string& name, const std::string& given,
                                    bool is_secret_parameter, World& world) {
  if (given == "-") {
    std::string line;
    if (!std::getline(world.in, line) || line.empty()) {
      return fail(ErrorKind::Config, format("no value for {} on standard input", name));
    }
    return line;
  }
  if (is_secret_parameter && !pipeline::is_indirect(given)) {
    return fail(ErrorKind::Config,
                format("{0} is a secret, and other users can read a command line; write "
                       "'{0}=${{env:NAME}}' or '{0}=${{cmd:COMMAND}}', or {0}=- to give it on "
                       "standard input",
                       name));
  }
  return given;
}

// Unknown parameters are refused now, missing ones and bad values as far as they are literal.
Status check_parameters(const pipeline::Connection& connection,
                        const std::vector<OptionSpec>& specs) {
  std::vector<OptionSpec> literal;
  for (OptionSpec spec : specs) {
    const auto given = connection.parameters.find(spec.name);
    if (given != connection.parameters.end() && pipeline::is_indirect(given->second)) {
      spec.type = OptionType::Text;
    }
    literal.push_back(std::move(spec));
  }
  TRY(Options::make(literal, connection.parameters, format("connector {}", connection.connector)));
  return {};
}

Result<ExitCode> add(const Options& options, World& world) {
  Session session = TRY(Session::open(options, world));
  pipeline::Connection connection{.name = TRY(options.text("NAME")),
                                  .connector = TRY(options.text("CONNECTOR"))};
  pipeline::split_connector(connection);
  const Connector* connector = TRY(find_connector(world.registry, connection.connector));
  const std::vector<OptionSpec> specs = TRY(connector->connection_options());
  for (const std::string& pair : TRY(list_or_empty(options, "PARAMETER"))) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(ErrorKind::Config, "a parameter is given as name=value");
    }
    const std::string name = pair.substr(0, equals);
    connection.parameters[name] =
        TRY(parameter_value(name, pair.substr(equals + 1), is_secret(specs, name), world));
  }
  TRY(check_parameters(connection, specs));
  TRY(session.connections().add(connection));
  world.out << format("wrote {} to {}; test it with: inlet connection test {}\n", connection.name,
                      session.connections().file().string(), connection.name)
            << std::flush;
  return ExitCode::Ok;
}

// What may be shown of a parameter: everything but a literal secret.
std::string shown(const std::vector<OptionSpec>& specs, const std::string& name,
                  const std::string& value) {
  return is_secret(specs, name) && !pipeline::is_indirect(value) ? "***" : value;
}

Result<ExitCode> list(const Options& options, World& world) {
  const Session session = TRY(Session::open(options, world));
  TextTable table{.headings = {"connection", "connector", "parameters"}};
  Json all = Json::array();
  for (const pipeline::Connection& connection : session.connections().list()) {
    std::vector<OptionSpec> specs;
    if (const auto connector = find_connector(world.registry, connection.connector)) {
      specs = (*connector)->connection_options().value_or(std::vector<OptionSpec>());
    }
    std::string text;
    Json parameters = Json::object();
    for (const auto& [name, value] : connection.parameters) {
      parameters[name] = shown(specs, name, value);
      text += format("{}{}={}", text.empty() ? "" : " ", name, shown(specs, name, value));
    }
    table.rows.push_back({connection.name, connection.connector, text});
    all.push_back({{"connection", connection.name},
                   {"connector", connection.connector},
                   {"parameters", std::move(parameters)}});
  }
  if (is_given(options, "--json")) {
    world.out << to_text(all) << std::endl;
  } else if (table.rows.empty()) {
    world.out << "no connections in " << session.connections().file().string() << std::endl;
  } else {
    world.out << draw(table, world.out_width) << std::flush;
  }
  return ExitCode::Ok;
}

}  // namespace

Command connection_add_command() {
  return {
      .name = "connection add",
      .summary = "Add a connection to the connections file, or replace it.",
      .details =
          "The file is written so that only you can read it. Secrets are best left where "
          "they are and named: ${env:NAME} or ${cmd:COMMAND}.",
      .examples = {"inlet connection add my_github github 'token=${env:GITHUB_TOKEN}'",
                   "pass show github | inlet connection add my_github github token=-"},
      .arguments = with_common(
          {{.spec = {.name = "NAME", .is_required = true, .help = "The connection's name."}},
           {.spec = {.name = "CONNECTOR", .is_required = true, .help = "The connector's name."}},
           {.spec = {.name = "PARAMETER",
                     .type = OptionType::TextList,
                     .help = "name=value for each of the connector's parameters.",
                     .example = "'token=${env:GITHUB_TOKEN}'"}}},
          {Opens::Source}),
      .run = add};
}

Command connection_list_command() {
  return {.name = "connection list",
          .summary = "List the connections; secrets are not shown.",
          .examples = {"inlet connection list"},
          .arguments = with_common({json_argument()}, {Opens::Source}),
          .run = list};
}

}  // namespace inlet::cli
