#include "python/src/ingest_table.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/base/version.h"
#include "inlet/cli/run_options.h"
#include "inlet/pipeline/report_file.h"
#include "inlet/pipeline/selection.h"

namespace inlet::python {

Result<std::shared_ptr<IngestRun>> IngestRun::start(const PipelineCall& call) {
  std::shared_ptr<IngestRun> run(new IngestRun());
  run->call_ = TRY(OpenCall::open(call, "run"));
  const pipeline::Spec& spec = run->call_->spec();
  const cli::Session& session = run->call_->session();
  run->settings_ = TRY(cli::run_options(run->call_->options(), session));
  if (run->call_->options().has("--every")) {
    run->every_ = TRY(run->call_->options().duration("--every"));
  }
  TRY(cli::check_pipeline(spec, run->settings_.only, session, run->call_->world()));
  for (const pipeline::TableObject* object : TRY(pipeline::select(spec, run->settings_.only))) {
    run->tables_.push_back(object->display_name());
    run->source_tables_.push_back(object->source_table);
  }
  const Timestamp now = session.context().clock.now();
  run->report_ = {.run_id = pipeline::make_run_id(now, spec.name),
                  .pipeline = spec.name,
                  .inlet_version = std::string(kVersion),
                  .started = now};
  return run;
}

void IngestRun::add(pipeline::TableReport table) {
  table.source_table = source_tables_.at(report_.tables.size());
  report_.tables.push_back(std::move(table));
}

Result<pipeline::RunReport> IngestRun::finish() {
  report_.ended = call_->session().context().clock.now();
  const auto store = store::make_store(settings_.store_options);
  TRY(pipeline::write_report(*store, report_, TRY(store::to_url(settings_.warehouse))));
  return report_;
}

Result<IngestTarget> IngestTarget::resolve(const PipelineCall& call, const std::string& table) {
  const std::unique_ptr<OpenCall> opened = TRY(OpenCall::open(call, "run"));
  const cli::Session& session = opened->session();
  const pipeline::RunOptions settings = TRY(cli::run_options(opened->options(), session));
  const pipeline::TableObject& object = *TRY(pipeline::select(opened->spec(), {table})).front();
  IngestTarget found{.connection = opened->spec().connection_name, .object = object};
  auto source =
      TRY(pipeline::OpenSource::open(found.connection, session.context(), settings.store_options));
  const std::string warehouse = TRY(store::to_url(settings.warehouse));
  found.target = TRY(pipeline::resolve_target(object, warehouse, source));
  TRY(pipeline::expect_own_destination(opened->spec(), object, found.target));
  return found;
}

Result<pipeline::ForeignWriter> IngestTable::open_writer() const {
  const cli::Session& session = call_->session();
  const pipeline::RunOptions settings = TRY(cli::run_options(call_->options(), session));
  return pipeline::ForeignWriter::open(connection(), object_, settings, session.context());
}

Result<std::shared_ptr<IngestTable>> IngestTable::open(const PipelineCall& call,
                                                       const std::string& table) {
  std::shared_ptr<IngestTable> opened(new IngestTable());
  opened->call_ = TRY(OpenCall::open(call, "run"));
  const pipeline::TableObject& object =
      *TRY(pipeline::select(opened->call_->spec(), {table})).front();
  opened->object_ = object;
  opened->writer_.emplace(TRY(opened->open_writer()));
  TRY(pipeline::expect_own_destination(opened->call_->spec(), object, opened->writer_->target()));
  return opened;
}

Status IngestTable::reopen() {
  pipeline::TableReport report = writer_->report();
  writer_.emplace(TRY(open_writer()));
  writer_->continue_report(std::move(report));
  return {};
}

}  // namespace inlet::python
