#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/connect/connector.h"
#include "inlet/pipeline/connection_store.h"
#include "inlet/pipeline/report.h"
#include "inlet/pipeline/spec.h"
#include "inlet/store/store.h"

namespace inlet::pipeline {

struct RunOptions {
  std::string warehouse;               ///< a local path or a URL
  std::vector<std::string> only = {};  ///< display, destination or source names; empty: every table
  std::vector<std::string> full_refresh = {};  ///< tables to read again from the start and replace
  std::uint64_t max_memory_bytes = 512ULL << 20;
  unsigned num_threads = 0;  ///< decode and encode threads; 0: one per core
  unsigned num_parallel_tables = 4;
  /// A commit is due after so many rows, or so much time; nullopt: as suits the table (TableRun).
  std::optional<std::uint64_t> commit_rows = {};
  std::optional<std::chrono::milliseconds> commit_interval = {};
  store::StoreOptions store_options = {};
  /// For key indexes, on local disk, outside of the warehouse; empty: keys are looked up in the
  /// table's files each time.
  std::string cache_folder = {};
};

/// The named steps of a table's run, in order; crash tests stop the process at each.
enum class Step {
  BeforePage,
  AfterPage,
  BeforeDataFile,
  AuxiliaryCommit,  ///< twice: right before and right after it
  BeforeCommit,
  AfterCommit,
  BeforeOffsetCopy
};
std::string_view to_string(Step step);

/// Numbers of a table while it runs.
struct Progress {
  std::string table;
  std::uint64_t fetched = 0;
  std::uint64_t committed = 0;
  std::uint64_t page_bytes = 0;
  std::optional<std::uint64_t> requests_left = {};
  bool is_done = false;
};

/// Watches a run. Called from the run's threads; must be quick and thread-safe.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_step(Step step, const std::string& table) = 0;
  virtual void on_progress(const Progress& progress) = 0;
};

/// The world a run needs; all outlive it.
struct RunContext {
  const Clock& clock;
  Log log;
  std::span<const Connector> registry;
  const ConnectionStore& connections;
  SecretResolver resolver;
  RunObserver& observer;
  /// Values of parameters, by name, for connections that give none.
  std::map<std::string, std::string> parameter_defaults = {};
};

/// Brings every table of `spec` up to date and accounts for every record. One failing table does
/// not stop the others: its error stands in its report. Fails as a whole only before any table was
/// touched (spec, connection, warehouse). A stop request ends each table at its last commit, with
/// Cancelled in its report. The report is also written to <warehouse>/_inlet/reports/<run id>.json.
Result<RunReport> run(const Spec& spec, const RunOptions& options, const RunContext& context,
                      std::stop_token stop);

/// What a run would do with one table, without doing it.
struct TablePlan {
  std::string table;
  std::string source_table;
  std::string url;
  std::string mode;  ///< append, scd_type_1, snapshot
  std::vector<std::string> primary_keys;
  std::vector<std::string> sequence_by;
  Offset offset;              ///< where it would continue; empty: from the start
  std::int64_t version = -1;  ///< of the table now; -1: it would be created
  std::vector<std::string> new_columns = {};
  std::optional<Error> error = {};

  Json to_json() const;
};
Result<std::vector<TablePlan>> plan(const Spec& spec, const RunOptions& options,
                                    const RunContext& context);

/// A source made for the spec's connection, for `check`, `tables`, `describe` and `preview`. Owns
/// its HTTP client and store.
class OpenSource {
 public:
  static Result<OpenSource> open(std::string_view connection_name, const RunContext& context,
                                 const store::StoreOptions& store_options);
  ~OpenSource();
  OpenSource(OpenSource&&) noexcept;
  Source& source();
  const Connector& connector() const;
  /// Tells connections of one connector apart by what they lead to: a hash of the values that say
  /// so, empty when none does. Never of secrets.
  const std::string& identity() const;

 private:
  struct Impl;
  explicit OpenSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The first `num_rows` typed rows of a table as JSON texts, one a row, and what was quarantined or
/// rescued among them.
struct Preview {
  Schema schema;
  std::vector<std::string> rows;
  std::vector<std::string> problems;
};
Result<Preview> preview(const Spec& spec, std::string_view table, std::size_t num_rows,
                        const RunOptions& options, const RunContext& context);

}  // namespace inlet::pipeline
