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
  const auto opened = TRY(OpenCall::open(call, "run"));
  const pipeline::RunOptions settings = TRY(cli::run_options(opened->options(), opened->session()));
  TRY(cli::check_pipeline(opened->spec(), settings.only, opened->session(), opened->world()));
  return pipeline::run(opened->spec(), settings, opened->session().context(board), std::move(stop));
}

Result<std::vector<pipeline::TablePlan>> plan(const PipelineCall& call) {
  const auto opened = TRY(OpenCall::open(call, "plan"));
  pipeline::RunOptions settings{.warehouse = TRY(opened->options().text("--warehouse"))};
  settings.only = TRY(cli::list_or_empty(opened->options(), "--only"));
  settings.store_options = opened->session().store_options();
  return pipeline::plan(opened->spec(), settings, opened->session().context());
}

Result<pipeline::Preview> preview(const PipelineCall& call) {
  const auto opened = TRY(OpenCall::open(call, "preview"));
  const std::string table = TRY(cli::chosen_table(opened->options(), opened->spec()));
  const auto num_rows = static_cast<std::size_t>(TRY(opened->options().integer("--limit")));
  return pipeline::preview(opened->spec(), table, num_rows,
                           {.warehouse = {}, .store_options = opened->session().store_options()},
                           opened->session().context());
}

Result<std::vector<CheckedTable>> check(const PipelineCall& call) {
  const auto opened = TRY(OpenCall::open(call, "check"));
  const cli::Session& session = opened->session();
  auto source = TRY(pipeline::OpenSource::open(opened->spec().connection_name, session.context(),
                                               session.store_options()));
  TRY(source.source().check());
  std::vector<CheckedTable> checked;
  for (const pipeline::TableObject& object : opened->spec().objects) {
    CheckedTable table{.table = object.display_name()};
    Status status = pipeline::check_object(object, source);
    if (!status) table.error = std::move(status).error();
    checked.push_back(std::move(table));
  }
  return checked;
}

}  // namespace inlet::python
