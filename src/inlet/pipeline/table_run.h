#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/connect/source.h"
#include "inlet/data/batch_joiner.h"
#include "inlet/delta/table.h"
#include "inlet/pipeline/flow_offsets.h"
#include "inlet/pipeline/offset_log.h"
#include "inlet/pipeline/quarantine.h"
#include "inlet/pipeline/report.h"
#include "inlet/pipeline/run.h"
#include "inlet/pipeline/table_care.h"
#include "inlet/pipeline/table_target.h"

namespace inlet::pipeline {

struct FlowItem;

/// What one table's run borrows; all outlive it.
struct TableRunContext {
  const Clock& clock;
  Log log;
  store::Store& store;
  RunObserver& observer;
  const RunOptions& options;
  std::string run_id;
  std::mutex& upkeep_turn;  ///< one table at a time is rewritten
};

/// Brings one table up to date: reads from the table's own offset, decodes, applies, and commits
/// rows and offset together. For one thread, once.
class TableRun {
 public:
  TableRun(const TableRunContext& context, const TableObject& object, TableTarget target,
           Source& source, bool is_full_refresh);

  /// Fills `report` as it goes, so that a failed run still accounts for what it committed.
  Status run(TableReport& report, std::stop_token stop);

 private:
  Status open_table();
  Status forget_rows();
  Status copy_offset();
  Status read(std::stop_token stop);
  Result<Offset> read_flow(const Offset& start, std::stop_token stop);
  Status take(FlowItem item);
  Status change(Batch rows);
  Offset offset_at(Offset of_flow);
  bool rewrites_files() const;
  void let_changes_wait();
  bool is_commit_due() const;
  bool is_long_ago() const;
  bool may_commit() const;
  Status commit(const Offset& offset);
  Result<bool> commit_edit(const CommittedOffset& next);
  Status finish(const Offset& end);
  void rest();
  void step(Step step) const { context_.observer.on_step(step, report_->table); }
  void publish(bool is_done) const;

  const TableRunContext& context_;
  const TableObject& object_;
  const TableTarget target_;
  Source& source_;
  const bool is_full_refresh_;
  const OffsetLog offset_log_;
  std::shared_ptr<delta::Engine> engine_;
  Quarantine quarantine_;
  const TableCare care_;

  TableReport* report_ = nullptr;
  std::optional<delta::Snapshot> table_;
  Schema decode_schema_;
  std::unique_ptr<apply::Applier> applier_;
  BatchJoiner joiner_{[this](Batch batch) { return change(std::move(batch)); }};
  CommittedOffset committed_;
  apply::ChangeKind kind_ = apply::ChangeKind::Upsert;  ///< of the flow that is read
  FlowOffsets flow_offsets_;                            ///< where there are two
  Offset offset_;                                       ///< of the last page taken
  /// That page repeated the offset before it: a reader cannot resume after it.
  bool is_mid_air_ = false;
  TableReport pending_ = {};  ///< counts since the last commit
  std::uint64_t num_fetched_ = 0;
  std::uint64_t written_bytes_ = 0;  ///< data files of this run
  std::chrono::nanoseconds last_commit_{0};
  std::chrono::nanoseconds commit_took_{0};
};

}  // namespace inlet::pipeline
