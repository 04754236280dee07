#pragma once

#include <memory>

#include "inlet/base/error.h"
#include "inlet/base/log.h"
#include "inlet/cli/world.h"
#include "inlet/connect/options.h"
#include "inlet/pipeline/connection_store.h"
#include "inlet/pipeline/run.h"

namespace inlet::cli {

/// What commands need that open sources and tables, made of their common arguments. Outlives the
/// contexts that it gives out; `world` outlives it.
class Session {
 public:
  /// `default_level` holds where the command line says none; `wrap` (may be empty) is put around
  /// the log's sink.
  using WrapSink = std::function<std::shared_ptr<LogSink>(std::shared_ptr<LogSink>)>;
  static Result<Session> open(const Options& options, World& world,
                              LogLevel default_level = LogLevel::Warn, const WrapSink& wrap = {});

  const pipeline::ConnectionStore& connections() const { return connections_; }
  pipeline::ConnectionStore& connections() { return connections_; }
  const store::StoreOptions& store_options() const { return store_options_; }
  pipeline::RunContext context(pipeline::RunObserver& observer) const;
  /// With the world's own observer.
  pipeline::RunContext context() const;

 private:
  explicit Session(World& world) : world_(&world) {}

  World* world_;
  std::string spec_file_;  ///< where the command names one
  Log log_;
  pipeline::ConnectionStore connections_;
  store::StoreOptions store_options_;
};

/// The spec of PIPELINE. Config when there is no such file.
Result<pipeline::Spec> load_pipeline(const Options& options);

/// Holds the objects that `only` names (empty: all) against their connector, so that a mistake in
/// the spec is told with its place before anything is touched.
Status check_pipeline(const pipeline::Spec& spec, const std::vector<std::string>& only,
                      const Session& session, const World& world);

/// The display name that --table names, which a pipeline of one table needs not say.
Result<std::string> chosen_table(const Options& options, const pipeline::Spec& spec);

/// What SOURCE means: a connection, by itself or through a pipeline.
struct NamedSource {
  std::string connection;
  std::optional<pipeline::Spec> spec = {};
};
Result<NamedSource> named_source(const Options& options);

}  // namespace inlet::cli
