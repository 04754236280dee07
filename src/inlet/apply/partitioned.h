#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "inlet/apply/applier.h"

namespace inlet::apply {

/// When changes that outgrow memory are put aside. Always is for tests.
enum class PutAside { WhenItPays, Always };

struct PartitionedOptions {
  std::uint64_t max_held_bytes = 0;           ///< memory for changes
  std::filesystem::path scratch_folder = {};  ///< see ScratchFile
  /// The changes could not be put aside, and will not be from here on: commits come earlier.
  std::function<void(const Error&)> on_scratch_failure = {};
  PutAside put_aside = PutAside::WhenItPays;
};

/// For tables in which a commit rewrites every file that it changes: those without deletion
/// vectors. Changes that outgrow `max_held_bytes` are put aside on local disk, divided by the hash
/// of their key, and prepare() gives them to `inner` part by part and makes one edit of what comes
/// back. So a file is written again once for all of them, and memory is that of one part and 16
/// bytes per change.
///
/// held_bytes() stays below the limit while it pays to wait: while there are fewer changes than
/// rows in the files that their keys may lie in, and a part fits into memory. Then it grows past
/// it, and a commit is due.
///
/// `inner` is make_upsert() or make_history() of `columns`, which matches keys for itself: an edit
/// of changes of some keys must not depend on changes of others.
std::unique_ptr<Applier> make_partitioned(std::unique_ptr<Applier> inner, KeyedColumns columns,
                                          delta::Snapshot table, PartitionedOptions options);

}  // namespace inlet::apply
