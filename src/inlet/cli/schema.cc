#include <ostream>

#include "inlet/base/try.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/pipeline/spec_schema.h"
#include "inlet/rest/language.h"

namespace inlet::cli {
namespace {

Result<ExitCode> run(const Options& options, World& world) {
  const std::string what = TRY(options.text("WHAT"));
  world.out << (what == "pipeline" ? pipeline::spec_json_schema().dump(2)
                                   : rest::connector_schema_json())
            << std::endl;
  return ExitCode::Ok;
}

}  // namespace

Command schema_command() {
  return {.name = "schema",
          .summary = "Print the JSON Schema of pipeline or connector files, for editors.",
          .examples = {"inlet schema pipeline > pipeline.schema.json"},
          .arguments = {{.spec = {.name = "WHAT",
                                  .type = OptionType::Choice,
                                  .is_required = true,
                                  .help = "pipeline or connector.",
                                  .choices = {"pipeline", "connector"}}}},
          .run = run};
}

}  // namespace inlet::cli
