#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/store/store.h"

namespace inlet::upkeep {

/// A file of the log, by its name.
struct LogFile {
  enum class Kind { Commit, Checkpoint, Other } kind = Kind::Other;
  std::int64_t version = 0;  ///< of a compacted range: the last
  std::uint32_t part = 1;    ///< of a checkpoint in several
  std::uint32_t num_parts = 1;
  store::ObjectInfo object = {};
};

/// The log file of that name in `_delta_log`, or nullopt for anything else.
std::optional<LogFile> parse_log_file(std::string_view name);

/// The first version that stays readable: the newest whole checkpoint before which every commit is
/// older than `horizon`; nullopt without such a checkpoint. Pure.
std::optional<std::int64_t> first_kept_version(std::span<const LogFile> files, Timestamp horizon);

/// Called with the userMetadata of each commit before its file is deleted; ends the clean-up by
/// failing.
using OnForget = std::function<Status(std::string_view user_metadata)>;

/// Deletes commits, checksums and checkpoints of versions that are older than the table's log
/// retention and covered by a newer checkpoint, the oldest first, at most `max_files` of them; how
/// many that were. Versions from the checkpoint on stay readable, which is tried before anything is
/// deleted. Nothing happens where delta.enableExpiredLogCleanup is false.
Result<std::size_t> clean_log(const delta::Snapshot& table, store::Store& store, Timestamp now,
                              std::size_t max_files, const OnForget& on_forget);

}  // namespace inlet::upkeep
