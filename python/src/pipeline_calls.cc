#include "python/src/pipeline_calls.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/cli/command.h"
#include "inlet/cli/run_options.h"
#include "inlet/pipeline/spec_check.h"
#include "python/src/door.h"

namespace inlet::python {
void ProgressBoard::on_progress(const pipeline::Progress& progress) {
  const std::lock_guard lock(mutex_);
  news_.insert_or_assign(progress.table, progress);
}

std::vector<pipeline::Progress> ProgressBoard::take() {
  const std::lock_guard lock(mutex_);
  std::vector<pipeline::Progress> news;
  for (auto& [table, progress] : std::exchange(news_, {})) news.push_back(std::move(progress));
  return news;
}

Result<pipeline::RunReport> run(const PipelineCall& call, ProgressBoard& board,
                                std::stop_token stop) {
  Door door;
  const pipeline::Spec spec = TRY(load_spec(call));
  const Options options = TRY(options_of("run", call.options));
  const cli::Session session = TRY(cli::Session::open(options, door.world));
  const pipeline::RunOptions settings = TRY(cli::run_options(options, session));
  TRY(cli::check_pipeline(spec, settings.only, session, door.world));
  return pipeline::run(spec, settings, session.context(board), std::move(stop));
}

Result<std::vector<pipeline::TablePlan>> plan(const PipelineCall& call) {
  Door door;
  const pipeline::Spec spec = TRY(load_spec(call));
  const Options options = TRY(options_of("plan", call.options));
  const cli::Session session = TRY(cli::Session::open(options, door.world));
  pipeline::RunOptions settings{.warehouse = TRY(options.text("--warehouse"))};
  settings.only = TRY(cli::list_or_empty(options, "--only"));
  settings.store_options = session.store_options();
  return pipeline::plan(spec, settings, session.context());
}

Result<pipeline::Preview> preview(const PipelineCall& call) {
  Door door;
  const pipeline::Spec spec = TRY(load_spec(call));
  const Options options = TRY(options_of("preview", call.options));
  const cli::Session session = TRY(cli::Session::open(options, door.world));
  const std::string table = TRY(cli::chosen_table(options, spec));
  const auto num_rows = static_cast<std::size_t>(TRY(options.integer("--limit")));
  return pipeline::preview(spec, table, num_rows,
                           {.warehouse = {}, .store_options = session.store_options()},
                           session.context());
}

Result<std::vector<CheckedTable>> check(const PipelineCall& call) {
  Door door;
  const pipeline::Spec spec = TRY(load_spec(call));
  const Options options = TRY(options_of("check", call.options));
  const cli::Session session = TRY(cli::Session::open(options, door.world));
  auto opened = TRY(
      pipeline::OpenSource::open(spec.connection_name, session.context(), session.store_options()));
  TRY(opened.source().check());
  std::vector<CheckedTable> checked;
  for (const pipeline::TableObject& object : spec.objects) {
    CheckedTable table{.table = object.display_name()};
    Status status = pipeline::check_object(object, opened);
    if (!status) table.error = std::move(status).error();
    checked.push_back(std::move(table));
  }
  return checked;
}

}  // namespace inlet::python
