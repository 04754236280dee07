#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/upkeep/policy.h"

namespace inlet::upkeep {

/// What one bin came to.
struct Rewritten {
  delta::Snapshot table;  ///< after it: the newest version seen
  /// False: the bin was given up, since another writer took one of its files away,
  bool is_committed = false;
  bool was_overtaken = false;  ///< or since rows of them died as often as they were written
  std::uint64_t num_files_removed = 0;
  std::uint64_t num_files_added = 0;
  std::uint64_t bytes_removed = 0;
  std::uint64_t bytes_written = 0;  ///< those of lost attempts included
  std::uint64_t num_rows_purged = 0;
  int num_lost_races = 0;
};

/// Rewrites `files`, live in `base`, and commits that as an Optimize, which changes no row. Rows
/// are sorted where the policy names an order, and keep theirs otherwise.
///
/// Safe beside other writers. After a lost race: the same new files are committed where the old
/// ones are as they were; they are written again where rows of the old ones died since, a few
/// times; and the bin is given up where one of them is gone. Conflict when races were lost for too
/// long. New files that are not committed are deleted, unless the commit may still land
/// (Indeterminate).
Result<Rewritten> rewrite(const Clock& clock, const delta::Snapshot& base,
                          const std::vector<delta::DataFile>& files, const Policy& policy);

}  // namespace inlet::upkeep
