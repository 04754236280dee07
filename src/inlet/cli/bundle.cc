#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/bundle_files_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"

namespace inlet::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::Config, format("there is no wheel {}", path));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<ExitCode> run(const Options& options, World& world) {
  const pipeline::Spec spec = TRY(load_pipeline(options));
  const Session session = TRY(Session::open(options, world));
  TRY(check_pipeline(spec, {}, session, world));
  BundlePlan plan{.name = spec.name,
                  .spec = TRY(read_spec_file(TRY(options.text("PIPELINE")))),
                  .connection = TRY(portable_connection(spec.connection_name, session, world)),
                  .warehouse = TRY(options.text("--warehouse"))};
  if (options.has("--schedule")) plan.schedule = TRY(options.text("--schedule"));
  std::string wheel;
  if (options.has("--wheel")) {
    const std::string path = TRY(options.text("--wheel"));
    wheel = TRY(bytes_of(path));
    plan.wheel = fs::path(path).filename().string();
  }
  GeneratedFiles files = bundle_files(plan);
  if (!plan.wheel.empty()) files["dist/" + plan.wheel] = std::move(wheel);
  const std::string folder = TRY(options.text("--output"));
  TRY(write_generated(folder, files));
  for (const auto& [path, text] : files) world.out << (fs::path(folder) / path).string() << "\n";
  for (const std::string& name : plan.connection.variables) {
    world.out << format("the job takes {} from the secret scope\n", name);
  }
  world.out << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command bundle_command() {
  return {
      .name = "bundle",
      .summary = "Write an asset bundle that runs a pipeline as a job in a Databricks workspace.",
      .details =
          "The bundle holds the spec, the connection without its secrets, the job with its "
          "schedule, and targets dev and prod; `databricks bundle deploy` brings it into a "
          "workspace. Secrets are named, as keys of a secret scope, and never written. "
          "The same input gives the same files. Files that are not as this command wrote them "
          "are not replaced.",
      .examples = {"inlet bundle github.yaml --output bundle --warehouse /Volumes/main/lake/github "
                   "--schedule '0 0 * * * ?'",
                   "inlet bundle github.yaml --output bundle --wheel dist/inlet-0.1.0.whl"},
      .arguments = with_common(
          {pipeline_argument(),
           {.spec = {.name = "--output",
                     .is_required = true,
                     .help = "The folder to write the bundle into.",
                     .example = "bundle"}},
           warehouse_argument(),
           {.spec = {.name = "--schedule",
                     .help = "When the job runs, as a Quartz expression in UTC; otherwise it is "
                             "started by hand.",
                     .example = "0 0 * * * ?"}},
           {.spec = {.name = "--wheel",
                     .help = "Inlet's wheel, which is put into the bundle; otherwise the released "
                             "package of this version.",
                     .example = "dist/inlet-0.1.0.whl"}}},
          {Opens::Source}),
      .run = run};
}

}  // namespace inlet::cli
