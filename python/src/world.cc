#include "python/src/world.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/cli/store_options.h"
#include "inlet/connect/registry.h"
#include "inlet/pipeline/module_folders.h"
#include "python/src/parameter_defaults.h"

namespace inlet::python {

Result<std::shared_ptr<World>> World::make(pipeline::ConnectionStore connections,
                                           const std::vector<std::string>& store_options,
                                           std::map<std::string, std::string> defaults) {
  std::shared_ptr<World> world(new World());
  world->connections_ = std::move(connections);
  world->store_options_ =
      TRY(cli::store_options(store_options, pipeline::SecretResolver::system()));
  defaults.merge(TRY(parameter_defaults()));
  const std::string files[] = {world->connections_.file().string()};
  world->parameter_defaults_ = pipeline::with_module_folders(std::move(defaults), files);
  world->log_ = Log(make_text_sink(), LogLevel::Warn);
  return world;
}

Result<std::shared_ptr<World>> World::make(const std::optional<std::string>& file,
                                           const std::vector<std::string>& store_options,
                                           std::map<std::string, std::string> defaults) {
  auto connections = TRY(pipeline::ConnectionStore::load(
      file ? std::filesystem::path(*file) : pipeline::ConnectionStore::default_file()));
  return make(std::move(connections), store_options, std::move(defaults));
}

pipeline::RunContext World::context(pipeline::RunObserver& observer) const {
  return {.clock = clock_,
          .log = log_,
          .registry = registry(),
          .connections = connections_,
          .resolver = pipeline::SecretResolver::system(),
          .observer = observer,
          .parameter_defaults = parameter_defaults_};
}

Result<pipeline::OpenSource> World::open(std::string_view connection) const {
  return pipeline::OpenSource::open(connection, context(unobserved_), store_options_);
}

}  // namespace inlet::python
