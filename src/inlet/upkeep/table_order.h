#pragma once

#include <span>
#include <string>
#include <vector>

#include "inlet/delta/table.h"

namespace inlet::upkeep {

// A commit whose files are sorted says by what, so that later rewrites can sort by the same without
// being told.

/// The user metadata of a rewrite that sorts by `columns`; empty where there are none.
std::string order_metadata(const std::vector<std::string>& columns);

/// The columns that the newest sorted rewrite in `history` (newest first) names; empty without one,
/// and where `schema` has them no more.
std::vector<std::string> last_order(std::span<const delta::HistoryEntry> history,
                                    const Schema& schema);

}  // namespace inlet::upkeep
