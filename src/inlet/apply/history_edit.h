#pragma once

#include <cstddef>
#include <vector>

#include "inlet/apply/history.h"

namespace inlet::apply {

enum class Outcome {
  Committed,     ///< changes what is stored
  Unchanged,     ///< was known
  Deduplicated,  ///< another change of the key takes its place
};

/// What changes of one key do to its rows in the table and in the auxiliary table.
struct HistoryEdit {
  std::vector<std::size_t> remove = {};  ///< of the stored versions
  std::vector<Version> add = {};
  std::vector<std::size_t> forget = {};  ///< of the stored kept events
  std::vector<Event> keep = {};
  std::vector<Outcome> outcomes = {};  ///< one per change
  bool has_deleted = false;            ///< a delete closed or removed the row that was open
};

/// Brings `changes`, in source order, into what is stored. The auxiliary table is written first: if
/// only that happens, what is stored then still restores to true events, and the same changes again
/// lead to the same end. For that, an event that leaves the versions' view is kept one edit longer.
HistoryEdit edit_history(const StoredHistory& stored, std::vector<Event> changes,
                         const HistoryRules& rules);

}  // namespace inlet::apply
