#pragma once

#include <cstdint>
#include <vector>

#include "inlet/apply/history_edit.h"

namespace inlet::apply {

/// What the snapshot `number` does to one key (scd.md, "Snapshot"). `rows`: those that it has of
/// the key, in source order; the last one counts. Of the stored versions those that are closed
/// already stay as they are.
HistoryEdit edit_snapshot(const StoredHistory& stored, std::vector<Event> rows, std::int64_t number,
                          bool keeps_versions);

}  // namespace inlet::apply
