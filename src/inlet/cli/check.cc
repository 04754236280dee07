#include <ostream>

#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/cli/source_check_internal.h"
#include "inlet/pipeline/spec_check.h"

namespace inlet::cli {
namespace {

Result<ExitCode> run(const Options& options, World& world) {
  const NamedSource named = TRY(named_source(options));
  const Session session = TRY(Session::open(options, world));
  auto opened = TRY(check_source(named.connection, session, world));
  if (!named.spec) return ExitCode::Ok;
  ExitCode code = ExitCode::Ok;
  for (const pipeline::TableObject& object : named.spec->objects) {
    const Status status = pipeline::check_object(object, opened);
    if (status) {
      world.out << "ok  table " << object.display_name() << std::endl;
      continue;
    }
    world.err << "error: " << status.error().message << std::endl;
    if (code == ExitCode::Ok) code = exit_code_of(status.error().kind);
  }
  return code;
}

Result<ExitCode> test_connection(const Options& options, World& world) {
  const Session session = TRY(Session::open(options, world));
  const std::string name = TRY(options.text("NAME"));
  TRY(check_source(name, session, world));
  return ExitCode::Ok;
}

}  // namespace

Result<pipeline::OpenSource> check_source(const std::string& connection, const Session& session,
                                          World& world) {
  auto opened =
      TRY(pipeline::OpenSource::open(connection, session.context(), session.store_options()));
  TRY(opened.source().check());
  world.out << "ok  connection " << connection << " (" << opened.connector().name << ")"
            << std::endl;
  return opened;
}

Command check_command() {
  return {.name = "check",
          .summary = "Prove that a connection works and that a pipeline fits its source.",
          .details =
              "Asks the source with the cheapest request there is, then holds every table's "
              "options and keys against the connector. Says what is wrong and how to mend it.",
          .examples = {"inlet check github.yaml", "inlet check my_github"},
          .arguments = with_common({source_argument()}, {Opens::Source, Opens::Store}),
          .run = run};
}

Command connection_test_command() {
  return {.name = "connection test",
          .summary = "Prove that a connection works, with the cheapest request there is.",
          .examples = {"inlet connection test my_github"},
          .arguments = with_common(
              {{.spec = {.name = "NAME", .is_required = true, .help = "The connection's name."}}},
              {Opens::Source, Opens::Store}),
          .run = test_connection};
}

}  // namespace inlet::cli
