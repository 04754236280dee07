#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlet/pipeline/foreign_writer.h"
#include "python/src/door.h"

namespace inlet::python {

/// One run of a pipeline by another engine: what it is called, and its report at the end.
class IngestRun {
 public:
  /// The whole pipeline is checked as a run checks it.
  static Result<std::shared_ptr<IngestRun>> start(const PipelineCall& call);

  const std::string& id() const { return report_.run_id; }
  /// What `--every` says.
  const std::optional<std::chrono::milliseconds>& every() const { return every_; }
  /// The display names of the tables, as far as `--only` names them.
  const std::vector<std::string>& tables() const { return tables_; }
  /// Enters the report of the next of tables().
  void add(pipeline::TableReport table);
  /// Writes the report where the program writes it.
  Result<pipeline::RunReport> finish();

 private:
  IngestRun() = default;

  std::unique_ptr<OpenCall> call_;
  pipeline::RunOptions settings_;
  std::optional<std::chrono::milliseconds> every_;
  std::vector<std::string> tables_;
  std::vector<std::string> source_tables_;
  pipeline::RunReport report_;
};

/// What one table of a pipeline is to be. Nothing is made for it.
struct IngestTarget {
  /// `table` is one of IngestRun::tables().
  static Result<IngestTarget> resolve(const PipelineCall& call, const std::string& table);

  std::string connection;
  pipeline::TableObject object;
  pipeline::TableTarget target;
};

/// One table of a pipeline, for Spark to write.
class IngestTable {
 public:
  /// `table` is one of IngestRun::tables().
  static Result<std::shared_ptr<IngestTable>> open(const PipelineCall& call,
                                                   const std::string& table);

  /// Looks at source and table anew, as open() did; the report goes on.
  Status reopen();

  const pipeline::TableObject& object() const { return object_; }
  const std::string& connection() const { return call_->spec().connection_name; }
  pipeline::ForeignWriter& writer() { return *writer_; }

 private:
  IngestTable() = default;
  Result<pipeline::ForeignWriter> open_writer() const;

  std::unique_ptr<OpenCall> call_;
  pipeline::TableObject object_;
  std::optional<pipeline::ForeignWriter> writer_;
};

}  // namespace inlet::python
