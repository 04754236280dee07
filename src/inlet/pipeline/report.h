#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/base/json.h"
#include "inlet/connect/offset.h"

namespace inlet::pipeline {

/// What became of every record of one table in one run.
struct TableReport {
  std::string table;  ///< display name
  std::string source_table;
  std::string url;  ///< the Delta table
  std::optional<Error> error = {};

  std::uint64_t fetched = 0;
  std::uint64_t committed = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t deduplicated = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t filtered =
      0;  ///< left out by the connector: not records of this table, not in `fetched`
  std::uint64_t deleted = 0;  ///< rows that a snapshot or a delete took out of the table
  std::uint64_t rescued = 0;  ///< committed rows with something in _rescued_data
  std::uint64_t repeated_members = 0;
  std::uint64_t truncated_times = 0;
  std::vector<std::string> added_columns = {};

  std::uint64_t pages = 0;
  std::uint64_t page_bytes = 0;
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::chrono::milliseconds waited{0};
  std::chrono::milliseconds elapsed{0};

  Offset offset_before = {};
  Offset offset_after = {};
  std::int64_t version_before = -1;  ///< -1: there was no table
  std::int64_t version_after = -1;
  std::uint64_t commits = 0;
  std::string quarantine_url = {};  ///< set when something was quarantined

  /// fetched = committed + unchanged + deduplicated + quarantined, or a Bug error that shows the
  /// sum.
  Status check_sums() const;
};

struct RunReport {
  std::string run_id;
  std::string pipeline;
  std::string inlet_version;
  Timestamp started = {};
  Timestamp ended = {};
  std::vector<TableReport> tables = {};

  bool is_success() const;
  Json to_json() const;
  /// The end of a run as a person reads it: a line per table, then what went wrong and what to do.
  std::string to_text() const;
};

}  // namespace inlet::pipeline
