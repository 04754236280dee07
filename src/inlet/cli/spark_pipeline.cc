#include <filesystem>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/cli/spark_pipeline_files_internal.h"
#include "inlet/store/store.h"

namespace inlet::cli {
namespace {

namespace fs = std::filesystem;

Result<ExitCode> run(const Options& options, World& world) {
  const pipeline::Spec spec = TRY(load_pipeline(options));
  const Session session = TRY(Session::open(options, world));
  const std::vector<std::string> only = TRY(list_or_empty(options, "--only"));
  TRY(check_pipeline(spec, only, session, world));
  const std::string warehouse = TRY(store::to_url(TRY(options.text("--warehouse"))));
  const std::string storage = options.has("--storage")
                                  ? TRY(store::to_url(TRY(options.text("--storage"))))
                                  : format("{}/_inlet/pipelines/{}", warehouse, spec.name);
  const SparkPipelinePlan plan{
      .name = spec.name,
      .spec = TRY(read_spec_file(TRY(options.text("PIPELINE")))),
      .connection = TRY(portable_connection(spec.connection_name, session, world)),
      .warehouse = warehouse,
      .storage = storage,
      .only = only};
  const GeneratedFiles files = spark_pipeline_files(plan);
  const fs::path folder = TRY(options.text("--output"));
  TRY(write_generated(folder, files));
  for (const auto& [path, text] : files) world.out << (folder / path).string() << "\n";
  for (const std::string& name : plan.connection.variables) {
    world.out << format("the pipeline takes {} from the environment\n", name);
  }
  world.out << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command spark_pipeline_command() {
  return {
      .name = "spark-pipeline",
      .summary = "Write a project of Spark's declarative pipelines that keeps a pipeline's tables.",
      .details =
          "The project holds the spec, the connection without its secrets, and a definition of one "
          "flow for each table; `spark-pipelines run` brings the tables up to date. Open source "
          "Spark can only add rows this way: a table of another kind is refused by name when the "
          "definition is loaded, unless the platform's AUTO CDC can keep it. Spark's Python needs "
          "the wheel. Secrets are named, as variables of the environment, and never written. Files "
          "that are not as this command wrote them are not replaced.",
      .examples = {"inlet spark-pipeline events.yaml --output project --warehouse /shared/lake",
                   "inlet spark-pipeline events.yaml --output project --only clicks --storage "
                   "s3://bucket/pipelines/events"},
      .arguments = with_common({pipeline_argument(),
                                {.spec = {.name = "--output",
                                          .is_required = true,
                                          .help = "The folder to write the project into.",
                                          .example = "project"}},
                                warehouse_argument(),
                                only_argument(),
                                {.spec = {.name = "--storage",
                                          .help = "Where checkpoints and landed pages lie, on "
                                                  "storage that driver and executors share; "
                                                  "otherwise WAREHOUSE/_inlet/pipelines/NAME.",
                                          .example = "s3://bucket/pipelines/events"}}},
                               {Opens::Source}),
      .run = run};
}

}  // namespace inlet::cli
