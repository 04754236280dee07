#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/upkeep/plan.h"
#include "inlet/upkeep/policy.h"

namespace inlet::upkeep {

/// A table's files at one moment.
struct Extent {
  std::uint64_t num_files = 0;
  std::uint64_t num_bytes = 0;
  std::uint64_t num_rows = 0;  ///< dead ones included
  std::uint64_t num_dead = 0;
};
Result<Extent> measure(const delta::Snapshot& table);

/// What an optimize did.
struct Optimized {
  delta::Snapshot table;
  Extent before = {};
  Extent after = {};
  std::uint64_t num_commits = 0;
  std::uint64_t num_bins_given_up = 0;  ///< others changed their files, or took them away
  std::uint64_t num_files_removed = 0;
  std::uint64_t num_files_added = 0;
  std::uint64_t bytes_written = 0;
  int num_lost_races = 0;
};

/// Rewrites what `scope` finds worth it, bin by bin, each a commit of its own, and again until
/// nothing is left: merged files may make up a full tier themselves. Everything is one round. Safe
/// beside other writers (see rewrite()); memory is that of one row group, and the policy's for
/// sorting.
Result<Optimized> optimize(const Clock& clock, const delta::Snapshot& table, const Policy& policy,
                           Scope scope);

/// Bytes written per byte of data by these commits: (data + rewritten) / data; nullopt when none of
/// them says how much data it wrote.
std::optional<double> write_amplification(std::span<const delta::HistoryEntry> commits);

}  // namespace inlet::upkeep
