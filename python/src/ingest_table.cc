#include "python/src/ingest_table.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/cli/run_options.h"
#include "inlet/pipeline/selection.h"

namespace inlet::python {

Result<std::vector<std::string>> ingest_tables(const PipelineCall& call) {
  const auto opened = TRY(OpenCall::open(call, "run"));
  const pipeline::RunOptions settings = TRY(cli::run_options(opened->options(), opened->session()));
  TRY(cli::check_pipeline(opened->spec(), settings.only, opened->session(), opened->world()));
  std::vector<std::string> names;
  for (const pipeline::TableObject* object : TRY(pipeline::select(opened->spec(), settings.only))) {
    names.push_back(object->display_name());
  }
  return names;
}

Result<std::shared_ptr<IngestTable>> IngestTable::open(const PipelineCall& call,
                                                       const std::string& table) {
  std::shared_ptr<IngestTable> opened(new IngestTable());
  opened->call_ = TRY(OpenCall::open(call, "run"));
  const cli::Session& session = opened->call_->session();
  const pipeline::RunOptions settings = TRY(cli::run_options(opened->call_->options(), session));
  const pipeline::TableObject& object =
      *TRY(pipeline::select(opened->call_->spec(), {table})).front();
  opened->object_ = object;
  opened->writer_.emplace(TRY(pipeline::ForeignWriter::open(opened->connection(), opened->object_,
                                                            settings, session.context())));
  TRY(pipeline::expect_own_destination(opened->call_->spec(), object,
                                       opened->writer_->target()));
  return opened;
}

}  // namespace inlet::python
