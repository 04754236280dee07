#include <ostream>

#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/cli/text_table.h"

namespace inlet::cli {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::string continues_at(const pipeline::TablePlan& plan) {
  if (plan.version < 0) return "new table, from the start";
  return plan.offset.is_start() ? "from the start" : plan.offset.to_text();
}

void print(const std::vector<pipeline::TablePlan>& plans, World& world) {
  TextTable table{
      .headings = {"table", "from", "mode", "keys", "sequence", "continues at", "new columns"}};
  for (const pipeline::TablePlan& plan : plans) {
    table.rows.push_back({plan.table, plan.source_table, plan.mode, joined(plan.primary_keys),
                          joined(plan.sequence_by), plan.error ? "error" : continues_at(plan),
                          joined(plan.new_columns)});
  }
  world.out << draw(table, world.out_width) << std::flush;
  for (const pipeline::TablePlan& plan : plans) {
    if (plan.error) world.err << plan.table << ": " << plan.error->message << std::endl;
  }
}

Result<ExitCode> run(const Options& options, World& world) {
  const pipeline::Spec spec = TRY(load_pipeline(options));
  const Session session = TRY(Session::open(options, world));
  pipeline::RunOptions settings{.warehouse = TRY(options.text("--warehouse"))};
  settings.only = TRY(list_or_empty(options, "--only"));
  settings.store_options = session.store_options();
  const auto plans = TRY(pipeline::plan(spec, settings, session.context()));
  if (is_given(options, "--json")) {
    Json list = Json::array();
    for (const pipeline::TablePlan& plan : plans) list.push_back(plan.to_json());
    world.out << to_text(list) << std::endl;
  } else {
    print(plans, world);
  }
  for (const pipeline::TablePlan& plan : plans) {
    if (plan.error) return exit_code_of(plan.error->kind);
  }
  return ExitCode::Ok;
}

}  // namespace

Command plan_command() {
  return {.name = "plan",
          .summary = "Say what a run would do, without doing it.",
          .examples = {"inlet plan github.yaml", "inlet plan github.yaml --only issues --json"},
          .arguments = with_common(
              {pipeline_argument(), warehouse_argument(), only_argument(), json_argument()},
              {Opens::Source, Opens::Store}),
          .run = run};
}

}  // namespace inlet::cli
