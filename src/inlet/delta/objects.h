#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::delta {

/// Why an object in a table's folder is needed.
enum class Need {
  Live,     ///< the snapshot reads it
  Removed,  ///< readers of versions before may still read it
};

/// Visits the URL of every object that `snapshot` reads, data files and deletion vectors, and of
/// those that were removed after `horizon`. An object may come more than once.
Status visit_needed(const Snapshot& snapshot, Timestamp horizon,
                    const std::function<void(std::string_view url, Need need)>& visit);

/// Deletes a file that was written for `table` and will not become part of it.
Status discard(const Snapshot& table, const StagedFile& file);

/// All of them, as far as that succeeds: leftovers cost room, not correctness, and vacuum finds
/// them.
void discard(const Snapshot& table, std::span<const StagedFile> files);

}  // namespace inlet::delta
