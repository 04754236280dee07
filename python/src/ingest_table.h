#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlet/pipeline/foreign_writer.h"
#include "python/src/door.h"

namespace inlet::python {

/// The display names of a pipeline's tables, as far as `--only` names them; the whole of it is
/// checked as a run checks it.
Result<std::vector<std::string>> ingest_tables(const PipelineCall& call);

/// One table of a pipeline, for Spark to write.
class IngestTable {
 public:
  /// `table` is one of ingest_tables().
  static Result<std::shared_ptr<IngestTable>> open(const PipelineCall& call,
                                                   const std::string& table);

  const pipeline::TableObject& object() const { return object_; }
  const std::string& connection() const { return call_->spec().connection_name; }
  pipeline::ForeignWriter& writer() { return *writer_; }

 private:
  IngestTable() = default;

  std::unique_ptr<OpenCall> call_;
  pipeline::TableObject object_;
  std::optional<pipeline::ForeignWriter> writer_;
};

}  // namespace inlet::python
