#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/progress_view.h"
#include "inlet/cli/run_options.h"
#include "inlet/cli/session.h"

namespace inlet::cli {
namespace {

// Another run may succeed where this one did not.
bool is_passing(ErrorKind kind) {
  return kind == ErrorKind::Unavailable || kind == ErrorKind::RateLimited ||
         kind == ErrorKind::Conflict || kind == ErrorKind::Indeterminate;
}

void print(const pipeline::RunReport& report, bool is_json, World& world) {
  world.out << (is_json ? to_text(report.to_json()) + "\n" : report.to_text()) << std::flush;
}

// Runs again and again, each begun `every` after the one before, until Ctrl-C.
Result<ExitCode> repeat(std::chrono::milliseconds every, World& world, std::stop_token stop,
                        const std::function<Result<ExitCode>()>& run_once) {
  while (!stop.stop_requested()) {
    const auto started = world.clock.steady();
    const Result<ExitCode> code = run_once();
    if (!code && !is_passing(code.error().kind)) return code;
    if (!code) world.err << "error: " << code.error().message << std::endl;
    const auto left = every - (world.clock.steady() - started);
    if (left.count() > 0) world.clock.wait(left, stop);
  }
  return ExitCode::Interrupted;
}

Result<ExitCode> run(const Options& options, World& world) {
  const pipeline::Spec spec = TRY(load_pipeline(options));
  ProgressView view(world.err, world.err_width, world.clock, world.observer);
  const bool has_terminal = world.err_width > 0;
  const Session session = TRY(
      Session::open(options, world, has_terminal ? LogLevel::Warn : LogLevel::Info,
                    [&](std::shared_ptr<LogSink> sink) { return view.above(std::move(sink)); }));
  const pipeline::RunOptions settings = TRY(run_options(options, session));
  TRY(check_pipeline(spec, settings.only, session, world));
  const std::stop_token stop = world.stop_on_interrupt();
  const auto run_once = [&]() -> Result<ExitCode> {
    auto report = pipeline::run(spec, settings, session.context(view), stop);
    view.clear();
    if (!report) return std::unexpected(std::move(report).error());
    print(*report, is_given(options, "--json"), world);
    return exit_code_of(*report);
  };
  if (!options.has("--every")) return run_once();
  const auto every = TRY(options.duration("--every"));
  return repeat(every, world, stop, run_once);
}

std::vector<Argument> arguments() {
  return with_common(
      {pipeline_argument(),
       warehouse_argument(),
       only_argument(),
       {.spec = {.name = "--full-refresh",
                 .type = OptionType::TextList,
                 .help =
                     "Read this table again from the start and replace it (may be given several "
                     "times).",
                 .example = "issues"}},
       every_argument("Run again and again, each run begun so long after the one before."),
       {.spec = {.name = "--cache",
                 .help =
                     "Folder for key indexes, which make upserts into large tables fast; \"none\" "
                     "keeps nothing. It can be deleted at any time. Otherwise inlet below "
                     "$XDG_CACHE_HOME or ~/.cache.",
                 .example = "/var/cache/inlet"}},
       {.spec = {.name = "--max-memory",
                 .type = OptionType::Bytes,
                 .default_value = "512MiB",
                 .help = "Memory for pages, rows and files in the making.",
                 .minimum = 64LL << 20}},
       {.spec = {.name = "--threads",
                 .type = OptionType::Integer,
                 .default_value = "0",
                 .help = "Threads that decode and encode; 0: one per core.",
                 .minimum = 0,
                 .maximum = 1024}},
       {.spec = {.name = "--parallel-tables",
                 .type = OptionType::Integer,
                 .default_value = "4",
                 .help = "Tables read at the same time.",
                 .minimum = 1,
                 .maximum = 64}},
       {.spec = {.name = "--commit-rows",
                 .type = OptionType::Integer,
                 .help =
                     "Commit after so many rows of a table. Otherwise after a million, or, where "
                     "a commit writes files again, as many as that may concern.",
                 .example = "1000000",
                 .minimum = 1}},
       {.spec = {.name = "--commit-interval",
                 .type = OptionType::Duration,
                 .help =
                     "Commit after so much time, if there is something. Otherwise after 60s, or, "
                     "where a commit writes files again, four times what the last one took.",
                 .example = "60s",
                 .minimum = 1}},
       json_argument()},
      {Opens::Source, Opens::Store});
}

}  // namespace

Command run_command() {
  return {.name = "run",
          .summary = "Bring every table of a pipeline up to date.",
          .details =
              "Rows and the place in the source that they come from are one commit, so a run "
              "may be stopped or killed at any time and simply be started again. One failing "
              "table does not stop the others. The report is also written to "
              "WAREHOUSE/_inlet/reports/.",
          .examples = {"inlet run github.yaml", "inlet run github.yaml --only issues --every 5m",
                       "inlet run github.yaml --warehouse s3://bucket/lake --json"},
          .arguments = arguments(),
          .run = run};
}

}  // namespace inlet::cli
