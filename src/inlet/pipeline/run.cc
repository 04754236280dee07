#include "inlet/pipeline/run.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/base/version.h"
#include "inlet/pipeline/report_file.h"
#include "inlet/pipeline/selection.h"
#include "inlet/pipeline/table_run.h"
#include "inlet/pipeline/table_target.h"

namespace inlet::pipeline {
namespace {

RunOptions with_threads(RunOptions options, std::size_t num_tables) {
  if (options.num_threads == 0)
    options.num_threads = std::max(1U, std::thread::hardware_concurrency());
  const auto num_parallel = std::clamp<std::size_t>(num_tables, 1, options.num_parallel_tables);
  options.num_parallel_tables = static_cast<unsigned>(num_parallel);
  return options;
}

Status run_table(const TableRunContext& world, const RunContext& context, const Spec& spec,
                 const TableObject& object, TableReport& report, std::stop_token stop) {
  OpenSource opened =
      TRY(OpenSource::open(spec.connection_name, context, world.options.store_options));
  const std::string warehouse = TRY(store::to_url(world.options.warehouse));
  TableTarget target = TRY(resolve_target(object, warehouse, opened));
  TRY(expect_own_destination(spec, object, target));
  const bool is_refresh = is_selected(object, world.options.full_refresh);
  TableRun table(world, object, std::move(target), opened.source(), is_refresh);
  const Status outcome = table.run(report, std::move(stop));
  const SourceCounts counts = opened.source().counts();
  report.requests = counts.requests;
  report.retries = counts.retries;
  report.waited = counts.waited;
  return outcome ? report.check_sums() : outcome;
}

// The seam of a table's thread: whatever goes wrong in it stays its own failure.
void run_table_guarded(const TableRunContext& world, const RunContext& context, const Spec& spec,
                       const TableObject& object, TableReport& report,
                       const std::stop_token& stop) {
  const auto started = world.clock.steady();
  try {
    TableRunContext own = world;
    own.log = world.log.with("table", report.table);
    Status outcome = run_table(own, context, spec, object, report, stop);
    if (!outcome) report.error = std::move(outcome).error();
  } catch (const std::exception& exception) {
    report.error = Error{ErrorKind::Bug, exception.what()};
  }
  report.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.clock.steady() - started);
  if (report.error && report.error->kind != ErrorKind::Cancelled) {
    world.log.error("table failed", {{"table", report.table}, {"error", report.error->message}});
  }
}

}  // namespace

std::string_view to_string(Step step) {
  switch (step) {
    case Step::BeforePage: return "before_page";
    case Step::AfterPage: return "after_page";
    case Step::BeforeDataFile: return "before_data_file";
    case Step::AuxiliaryCommit: return "auxiliary_commit";
    case Step::BeforeCommit: return "before_commit";
    case Step::AfterCommit: return "after_commit";
    case Step::BeforeOffsetCopy: return "before_offset_copy";
  }
  return "";
}

Result<RunReport> run(const Spec& spec, const RunOptions& options, const RunContext& context,
                      std::stop_token stop) {
  const std::vector<const TableObject*> objects = TRY(select(spec, options.only));
  TRY(select(spec, options.full_refresh));
  // What is wrong with the connection is said once, and not once a table.
  TRY(OpenSource::open(spec.connection_name, context, options.store_options));

  const RunOptions settled = with_threads(options, objects.size());
  const std::string warehouse = TRY(store::to_url(settled.warehouse));
  const auto store = store::make_store(settled.store_options);
  RunReport report{.run_id = make_run_id(context.clock.now(), spec.name),
                   .pipeline = spec.name,
                   .inlet_version = std::string(kVersion),
                   .started = context.clock.now()};
  std::mutex upkeep_turn;
  const TableRunContext world{.clock = context.clock,
                              .log = context.log.with("pipeline", spec.name),
                              .store = *store,
                              .observer = context.observer,
                              .options = settled,
                              .run_id = report.run_id,
                              .upkeep_turn = upkeep_turn};
  for (const TableObject* object : objects) {
    report.tables.push_back(
        {.table = object->display_name(), .source_table = object->source_table});
  }
  std::atomic<std::size_t> next = 0;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < settled.num_parallel_tables; ++i) {
      threads.emplace_back([&] {
        for (std::size_t table = next++; table < objects.size(); table = next++) {
          run_table_guarded(world, context, spec, *objects[table], report.tables[table], stop);
        }
      });
    }
  }
  report.ended = context.clock.now();
  TRY(write_report(*store, report, warehouse));
  return report;
}

}  // namespace inlet::pipeline
