#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"

namespace inlet::cli {
namespace {

Result<ExitCode> run(const Options& options, World& world) {
  const NamedSource named = TRY(named_source(options));
  const Session session = TRY(Session::open(options, world));
  auto opened =
      TRY(pipeline::OpenSource::open(named.connection, session.context(), session.store_options()));
  const std::vector<std::string> tables = TRY(opened.source().list_tables());
  if (is_given(options, "--json")) {
    world.out << to_text(Json(tables)) << std::endl;
    return ExitCode::Ok;
  }
  for (const std::string& table : tables) world.out << table << "\n";
  world.out << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command tables_command() {
  return {
      .name = "tables",
      .summary = "List the tables of a source.",
      .examples = {"inlet tables my_github", "inlet tables github.yaml --json"},
      .arguments = with_common({source_argument(), json_argument()}, {Opens::Source, Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
