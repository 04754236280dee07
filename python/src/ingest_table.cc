#include "python/src/ingest_table.h"

#include <utility>

#include "inlet/base/try.h"
#include "inlet/cli/run_options.h"
#include "inlet/pipeline/selection.h"

namespace inlet::python {

Result<std::vector<std::string>> ingest_tables(const PipelineCall& call) {
  Door door;
  const pipeline::Spec spec = TRY(load_spec(call));
  const Options options = TRY(options_of("run", call.options));
  const cli::Session session = TRY(cli::Session::open(options, door.world));
  const pipeline::RunOptions settings = TRY(cli::run_options(options, session));
  TRY(cli::check_pipeline(spec, settings.only, session, door.world));
  std::vector<std::string> names;
  for (const pipeline::TableObject* object : TRY(pipeline::select(spec, settings.only))) {
    names.push_back(object->display_name());
  }
  return names;
}

Result<std::shared_ptr<IngestTable>> IngestTable::open(const PipelineCall& call,
                                                       const std::string& table) {
  std::shared_ptr<IngestTable> opened(new IngestTable());
  opened->spec_ = TRY(load_spec(call));
  const Options options = TRY(options_of("run", call.options));
  opened->session_ = TRY(cli::Session::open(options, opened->door_.world));
  const pipeline::RunOptions settings = TRY(cli::run_options(options, *opened->session_));
  opened->object_ = *TRY(pipeline::select(opened->spec_, {table})).front();
  opened->writer_.emplace(TRY(pipeline::ForeignWriter::open(
      opened->connection(), opened->object_, settings, opened->session_->context())));
  return opened;
}

}  // namespace inlet::python
