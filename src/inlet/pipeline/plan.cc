#include <utility>

#include "inlet/base/try.h"
#include "inlet/pipeline/offset_log.h"
#include "inlet/pipeline/run.h"
#include "inlet/pipeline/selection.h"
#include "inlet/pipeline/table_target.h"

namespace inlet::pipeline {
namespace {

Status fill_plan(TablePlan& plan, const TableObject& object, const std::string& warehouse,
                 OpenSource& opened, store::Store& store, const RunOptions& options) {
  const TableTarget target = TRY(resolve_target(object, warehouse, opened));
  plan.url = target.url;
  plan.mode = to_text(target.mode);
  plan.primary_keys = target.keys;
  plan.sequence_by = target.sequence;
  const Result<delta::Snapshot> table =
      delta::Snapshot::open(delta::make_engine(options.store_options, 1), target.url);
  if (!table) {
    return table.error().kind == ErrorKind::NotFound ? Status{} : std::unexpected(table.error());
  }
  TRY(check_compatibility(object, *table));
  plan.version = table->version();
  plan.offset = TRY(OffsetLog(store, target.app_id).find(*table)).offset;
  const EvolvedSchema evolved =
      TRY(evolve(target.source_schema, table->schema(), object.schema_evolution));
  for (const AddedField& added : evolved.added) plan.new_columns.push_back(added.path());
  return {};
}

}  // namespace

Json TablePlan::to_json() const {
  Json json = {{"table", table},
               {"source_table", source_table},
               {"url", url},
               {"mode", mode},
               {"primary_keys", primary_keys},
               {"sequence_by", sequence_by},
               {"offset", offset.json()},
               {"version", version < 0 ? Json() : Json(version)},
               {"new_columns", new_columns}};
  if (error) {
    json["error"] = {{"kind", to_string(error->kind)}, {"message", error->message}};
  }
  return json;
}

Result<std::vector<TablePlan>> plan(const Spec& spec, const RunOptions& options,
                                    const RunContext& context) {
  const std::vector<const TableObject*> objects = TRY(select(spec, options.only));
  OpenSource opened = TRY(OpenSource::open(spec.connection_name, context, options.store_options));
  const std::string warehouse = TRY(store::to_url(options.warehouse));
  const auto store = store::make_store(options.store_options);
  std::vector<TablePlan> plans;
  for (const TableObject* object : objects) {
    TablePlan plan{.table = object->display_name(), .source_table = object->source_table};
    Status status = fill_plan(plan, *object, warehouse, opened, *store, options);
    if (!status) plan.error = std::move(status).error();
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace inlet::pipeline
