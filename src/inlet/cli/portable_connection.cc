#include <cctype>
#include <set>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/portable_connection_internal.h"

namespace inlet::cli {
namespace {

// The names in `${env:NAME}`.
std::set<std::string> environment_names(std::string_view value) {
  constexpr std::string_view kOpen = "${env:";
  std::set<std::string> names;
  for (std::size_t at = value.find(kOpen); at != std::string_view::npos;
       at = value.find(kOpen, at + 1)) {
    const std::size_t end = value.find('}', at);
    if (end == std::string_view::npos) break;
    names.emplace(value.substr(at + kOpen.size(), end - at - kOpen.size()));
  }
  return names;
}

std::string variable_name(std::string_view connection, std::string_view parameter) {
  std::string name = format("INLET_{}_{}", connection, parameter);
  for (char& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    c = std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return name;
}

bool is_secret(const std::vector<OptionSpec>& specs, std::string_view name) {
  for (const OptionSpec& spec : specs) {
    if (spec.name == name) return spec.type == OptionType::Secret;
  }
  return true;
}

}  // namespace

PortableConnection to_portable(const pipeline::Connection& connection,
                               const std::vector<OptionSpec>& specs) {
  Json parameters = {{"connector", connection.connector}};
  std::set<std::string> variables;
  for (const auto& [name, given] : connection.parameters) {
    std::set<std::string> names = environment_names(given);
    const bool asks_a_command = given.find("${cmd:") != std::string::npos;
    const bool is_literal_secret = is_secret(specs, name) && !pipeline::is_indirect(given);
    std::string value = given;
    if (asks_a_command || is_literal_secret) {
      names = {variable_name(connection.name, name)};
      value = format("${{env:{}}}", *names.begin());
    }
    parameters[name] = value;
    variables.merge(names);
  }
  const Json file = {{"connections", {{connection.name, std::move(parameters)}}}};
  return {.text = file.dump(2) + "\n", .variables = {variables.begin(), variables.end()}};
}

Result<PortableConnection> portable_connection(const std::string& name, const Session& session,
                                               const World& world) {
  const pipeline::Connection connection = TRY(session.connections().find(name));
  const Connector* connector = TRY(find_connector(world.registry, connection.connector));
  return to_portable(connection, TRY(connector->connection_options()));
}

}  // namespace inlet::cli
