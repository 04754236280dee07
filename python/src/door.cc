#include "python/src/door.h"

#include "inlet/base/document.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/command.h"
#include "inlet/pipeline/module_folders.h"
#include "python/src/parameter_defaults.h"

namespace inlet::python {
namespace {

// Checked as on the command line.
Result<Options> options_of(std::string_view command_name,
                           const std::map<std::string, std::string>& given) {
  std::vector<OptionSpec> specs;
  for (const cli::Command& command : cli::commands()) {
    if (command.name != command_name) continue;
    for (const cli::Argument& argument : command.arguments) {
      // What is known by its position is the spec itself.
      if (!argument.is_positional()) specs.push_back(argument.spec);
    }
  }
  return Options::make(specs, given, format("inlet.{}", command_name));
}

pipeline::ConnectionStore connections_of(
    const std::map<std::string, std::map<std::string, std::string>>& given) {
  std::vector<pipeline::Connection> connections;
  for (const auto& [name, parameters] : given) {
    pipeline::Connection connection{.name = name, .connector = {}, .parameters = parameters};
    if (auto connector = connection.parameters.extract("connector")) {
      connection.connector = std::move(connector.mapped());
    }
    connections.push_back(std::move(connection));
  }
  return pipeline::ConnectionStore::of(std::move(connections));
}

Result<pipeline::Spec> load_spec(const PipelineCall& call) {
  if (!call.is_text) return pipeline::Spec::load(call.spec);
  const Document document = TRY(Document::parse(call.spec, call.spec_name));
  return pipeline::Spec::parse(document, call.spec_name);
}

}  // namespace

Result<std::unique_ptr<OpenCall>> OpenCall::open(const PipelineCall& call,
                                                 std::string_view command_name) {
  std::unique_ptr<OpenCall> opened(new OpenCall());
  opened->spec_ = TRY(load_spec(call));
  opened->options_ = TRY(options_of(command_name, call.options));
  const std::string files[] = {call.is_text ? "" : call.spec};
  opened->door_.world.parameter_defaults =
      pipeline::with_module_folders(TRY(parameter_defaults()), files);
  opened->session_ = TRY(cli::Session::open(*opened->options_, opened->door_.world));
  if (call.connections) opened->session_->connections() = connections_of(*call.connections);
  return opened;
}

}  // namespace inlet::python
