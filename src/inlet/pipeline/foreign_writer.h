#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/pipeline/offset_log.h"
#include "inlet/pipeline/page_flow.h"
#include "inlet/pipeline/report.h"
#include "inlet/pipeline/run.h"
#include "inlet/pipeline/table_target.h"

namespace inlet::pipeline {

/// The tables of an object as another engine finds them.
struct ForeignTables {
  std::int64_t version = 0;
  std::size_t num_files = 0;
  std::uint64_t num_bytes = 0;                         ///< of these files
  std::optional<std::int64_t> auxiliary_version = {};  ///< nullopt: nothing had to be kept so far
};

/// One object's table for a writer that is not this engine, such as Spark: made and evolved as a
/// run does it, with the place to go on from and what a commit has to carry, so that either may go
/// on where the other one stopped. The other writes the rows and commits them; this does the rest.
/// For one thread at a time.
class ForeignWriter {
 public:
  /// Makes the table where there is none, and adds the columns that it lacks.
  static Result<ForeignWriter> open(std::string_view connection, TableObject object,
                                    const RunOptions& options, const RunContext& context);

  const TableTarget& target() const { return target_; }
  /// The source's columns, in the types that the table gives them.
  const Schema& decode_schema() const { return decode_schema_; }
  const std::vector<std::string>& partition_columns() const { return table_->partition_columns(); }
  /// What this has done so far; what is not known of another engine's work is 0.
  const TableReport& report() const { return report_; }
  /// Where the table stands. The next commit carries a `txn` of target().app_id at the version
  /// after this one, and metadata() as its user metadata.
  const CommittedOffset& committed() const { return committed_; }
  std::string metadata(const Offset& next, std::string_view run_id) const;
  /// Where to read from: the upserts and, where the target has a delete flow, the deletes.
  std::vector<Offset> starts() const;
  /// The table's offset when these flows have come so far.
  Offset offset_at(const std::vector<Offset>& flows) const;

  /// The tables as they are now.
  Result<ForeignTables> look();
  std::string auxiliary_url() const { return target_.url + "_aux"; }
  /// Makes the auxiliary table where there is none, with all columns that its rows will have.
  Status make_auxiliary();

  /// After the other's commit to `next`: takes it as the place where the table stands. Where the
  /// rows changed nothing and there was no commit, commits the offset by itself. Conflict when
  /// another run has moved the table.
  Status settle(const Offset& next, std::string_view run_id);
  /// Goes on with the report of an earlier writer of this object and run.
  void continue_report(TableReport earlier);
  /// What became of changes that were brought in.
  void count(const apply::Counts& counts);
  /// Keeps refused records in the table's quarantine, each once.
  Status quarantine(std::vector<RefusedRecord> records, std::string_view run_id);

 private:
  ForeignWriter(const RunOptions& options, const RunContext& context, TableObject object,
                TableTarget target);
  Status open_table();

  const Clock* clock_;
  TableObject object_;
  TableTarget target_;
  std::shared_ptr<delta::Engine> engine_;
  std::unique_ptr<store::Store> store_;
  OffsetLog offset_log_;
  std::optional<delta::Snapshot> table_;
  std::optional<apply::AuxiliaryTable> auxiliary_;
  Schema decode_schema_;
  CommittedOffset committed_;
  TableReport report_;
};

}  // namespace inlet::pipeline
