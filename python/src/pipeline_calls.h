#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "inlet/pipeline/run.h"
#include "python/src/door.h"

namespace inlet::python {

/// Holds the newest numbers of each table until somebody takes them. Safe from any thread.
class ProgressBoard final : public pipeline::RunObserver {
 public:
  void on_step(pipeline::Step, const std::string&) override {}
  void on_progress(const pipeline::Progress& progress) override;
  /// What is new since the last time.
  std::vector<pipeline::Progress> take();

 private:
  std::mutex mutex_;
  std::map<std::string, pipeline::Progress> news_;
};

/// Each as the command of this name does it.
Result<pipeline::RunReport> run(const PipelineCall& call, ProgressBoard& board,
                                std::stop_token stop);
Result<std::vector<pipeline::TablePlan>> plan(const PipelineCall& call);
/// `--table` and `--limit` are among the options.
Result<pipeline::Preview> preview(const PipelineCall& call);

/// A table of a pipeline, and what is wrong with it.
struct CheckedTable {
  std::string table;
  std::optional<Error> error = {};
};
/// Fails when the connection itself does not work.
Result<std::vector<CheckedTable>> check(const PipelineCall& call);

}  // namespace inlet::python
