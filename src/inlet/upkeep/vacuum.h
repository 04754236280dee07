#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/store/store.h"

namespace inlet::upkeep {

struct VacuumRequest {
  /// How long removed files are kept; none: as the table says (7 days where it does not). Shorter
  /// than that is refused unless it is forced.
  std::optional<std::chrono::milliseconds> retention = {};
  enum class Mode { Delete, OnlySay } mode = Mode::Delete;
  enum class Shorter { Refuse, Allow } shorter = Shorter::Refuse;
};

/// What a vacuum found.
struct Vacuumed {
  std::chrono::milliseconds retention = {};
  std::vector<store::ObjectInfo> objects = {};  ///< deleted, or to be deleted
  std::uint64_t num_bytes = 0;
  std::uint64_t num_objects_kept = 0;
};

/// Deletes from the table's folder what no reader needs: files of no version, files that were
/// removed longer ago than the retention, and what killed writers left. Kept are the files of
/// `table`, those removed more recently, everything younger than the retention (running writers
/// have files that are not committed yet), and whatever begins with `_` or `.` but for leftovers. A
/// table whose folder lacks one of its own files is refused, with nothing deleted.
Result<Vacuumed> vacuum(const delta::Snapshot& table, store::Store& store, Timestamp now,
                        const VacuumRequest& request);

}  // namespace inlet::upkeep
