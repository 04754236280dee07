#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "inlet/delta/rolling_writer.h"

namespace inlet::upkeep {

/// What upkeep aims at. docs/upkeep.md has the arithmetic of the numbers.
struct Policy {
  /// What merged files come to. A file of half of it or more is left as it is.
  std::uint64_t target_file_bytes = delta::kTargetFileBytes;
  /// So many files of one tier are merged, and so much larger is the next tier.
  std::size_t fan_in = 8;
  /// A file with a larger share of dead rows is rewritten without them.
  double max_dead_share = 0.25;
  /// After a commit, fewer than `fan_in` such files wait until they hold so many bytes of dead
  /// rows.
  std::uint64_t worth_purging_bytes = delta::kTargetFileBytes / 64;
  /// Between the commits of a run, a bin with more bytes waits until the run is at its end.
  std::uint64_t quick_bin_bytes = delta::kTargetFileBytes / 2;
  /// At its end, no further bin is begun after so long.
  std::chrono::milliseconds rest_time = std::chrono::seconds(10);
  /// At its end, whatever makes reading slow is rewritten where that is at most so many bytes: what
  /// a run may spend on readers beyond what is due.
  std::uint64_t repay_bytes = 0;
  /// Where the table's property delta.checkpointInterval says nothing.
  std::uint64_t commits_per_checkpoint = 20;
  /// Deleted with one checkpoint, at most.
  std::size_t max_expired_log_files = 200;
  /// Rewritten files are sorted by this column, or along a Z-curve through several; empty: rows
  /// keep their order.
  std::vector<std::string> order_by = {};
  /// Rows held to sort them; what is more is sorted in pieces on local disk.
  std::uint64_t sort_memory_bytes = 256ULL << 20;
};

}  // namespace inlet::upkeep
