#include <ostream>

#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/json_rows.h"
#include "inlet/cli/session.h"

namespace inlet::cli {
namespace {

Result<ExitCode> run(const Options& options, World& world) {
  const pipeline::Spec spec = TRY(load_pipeline(options));
  const Session session = TRY(Session::open(options, world));
  const std::string table = TRY(chosen_table(options, spec));
  const auto limit = static_cast<std::size_t>(TRY(options.integer("--limit")));
  const pipeline::Preview preview = TRY(pipeline::preview(
      spec, table, limit, {.warehouse = {}, .store_options = session.store_options()},
      session.context()));
  if (is_given(options, "--json")) {
    for (const std::string& row : preview.rows) world.out << row << "\n";
  } else if (preview.rows.empty()) {
    world.out << "no rows\n";
  } else {
    world.out << draw(table_of(preview.rows), world.out_width);
  }
  world.out << std::flush;
  for (const std::string& problem : preview.problems) world.err << problem << std::endl;
  return ExitCode::Ok;
}

}  // namespace

Command preview_command() {
  return {
      .name = "preview",
      .summary = "Show the first typed rows of a table, straight from the source.",
      .details = "Nothing is written. Records that would be quarantined are named.",
      .examples = {"inlet preview github.yaml --table issues -n 5",
                   "inlet preview github.yaml --table issues --json"},
      .arguments = with_common({pipeline_argument(),
                                {.spec = {.name = "--table",
                                          .help = "The table; a pipeline of one table needs none.",
                                          .example = "issues"}},
                                limit_argument("10", "Rows to show."),
                                json_argument()},
                               {Opens::Source, Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
