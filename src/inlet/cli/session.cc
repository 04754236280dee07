#include "inlet/cli/session.h"

#include <filesystem>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/command.h"
#include "inlet/cli/store_options.h"
#include "inlet/pipeline/module_folders.h"
#include "inlet/pipeline/selection.h"
#include "inlet/pipeline/spec_check.h"

namespace inlet::cli {
namespace {

// Watches nothing.
class Unobserved final : public pipeline::RunObserver {
 public:
  void on_step(pipeline::Step, const std::string&) override {}
  void on_progress(const pipeline::Progress&) override {}
};

LogLevel level_of(std::string_view name) {
  if (name == "trace") return LogLevel::Trace;
  if (name == "debug") return LogLevel::Debug;
  if (name == "info") return LogLevel::Info;
  return name == "warn" ? LogLevel::Warn : LogLevel::Error;
}

Result<Log> make_log(const Options& options, LogLevel level, const Session::WrapSink& wrap) {
  if (options.has("--log-level")) level = level_of(TRY(options.text("--log-level")));
  const std::string format_name = TRY(options.text("--log-format"));
  std::shared_ptr<LogSink> sink = format_name == "json" ? make_json_sink() : make_text_sink();
  return Log(wrap ? wrap(std::move(sink)) : std::move(sink), level);
}

bool is_declared(const Options& options, std::string_view name) {
  for (const OptionSpec& spec : options.specs()) {
    if (spec.name == name) return true;
  }
  return false;
}

bool is_spec_file(const std::string& name) {
  std::error_code ignored;
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") ||
         std::filesystem::is_regular_file(name, ignored);
}

}  // namespace

Result<Session> Session::open(const Options& options, World& world, LogLevel default_level,
                              const WrapSink& wrap) {
  Session session(world);
  session.log_ = TRY(make_log(options, default_level, wrap));
  for (const std::string_view name : {"PIPELINE", "SOURCE"}) {
    const bool is_given = is_declared(options, name) && options.has(name);
    const std::string file = is_given ? TRY(options.text(name)) : "";
    if (is_spec_file(file)) session.spec_file_ = file;
  }
  if (is_declared(options, "--connections")) {
    const bool is_named = options.has("--connections");
    const std::filesystem::path file =
        is_named ? std::filesystem::path(TRY(options.text("--connections")))
                 : pipeline::ConnectionStore::default_file();
    session.connections_ = TRY(pipeline::ConnectionStore::load(file));
  }
  if (is_declared(options, "--store-option")) {
    const auto given = TRY(list_or_empty(options, "--store-option"));
    session.store_options_ = TRY(cli::store_options(given, world.resolver));
  }
  return session;
}

pipeline::RunContext Session::context(pipeline::RunObserver& observer) const {
  const std::string files[] = {spec_file_, connections_.file().string()};
  return {.clock = world_->clock,
          .log = log_,
          .registry = world_->registry,
          .connections = connections_,
          .resolver = world_->resolver,
          .observer = observer,
          .parameter_defaults = pipeline::with_module_folders(world_->parameter_defaults, files)};
}

pipeline::RunContext Session::context() const {
  static Unobserved unobserved;
  return context(world_->observer == nullptr ? unobserved : *world_->observer);
}

Result<pipeline::Spec> load_pipeline(const Options& options) {
  const std::string file = TRY(options.text("PIPELINE"));
  return pipeline::Spec::load(file);
}

Status check_pipeline(const pipeline::Spec& spec, const std::vector<std::string>& only,
                      const Session& session, const World& world) {
  const auto objects = TRY(pipeline::select(spec, only));
  const pipeline::Connection connection = TRY(session.connections().find(spec.connection_name));
  const Connector* connector = TRY(find_connector(world.registry, connection.connector));
  for (const pipeline::TableObject* object : objects) {
    TRY(pipeline::check_source_options(*object, *connector));
  }
  return {};
}

Result<NamedSource> named_source(const Options& options) {
  const std::string name = TRY(options.text("SOURCE"));
  if (!is_spec_file(name)) return NamedSource{.connection = name};
  pipeline::Spec spec = TRY(pipeline::Spec::load(name));
  std::string connection = spec.connection_name;
  return NamedSource{.connection = std::move(connection), .spec = std::move(spec)};
}

Result<std::string> chosen_table(const Options& options, const pipeline::Spec& spec) {
  if (options.has("--table")) return options.text("--table");
  if (spec.objects.size() == 1) return spec.objects.front().display_name();
  std::string names;
  for (const pipeline::TableObject& object : spec.objects) {
    names.append(names.empty() ? "" : ", ").append(object.display_name());
  }
  return fail(ErrorKind::Config, "say which table with --table: " + names);
}

}  // namespace inlet::cli
