#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "inlet/delta/data_file.h"
#include "inlet/upkeep/policy.h"

namespace inlet::upkeep {

/// Files that are rewritten together, by one commit. Those of several partitions only where they
/// are small: rows stay in their partitions.
struct Bin {
  std::vector<std::size_t> files = {};  ///< places in the list, by partition, oldest first
  std::uint64_t live_bytes = 0;
  std::uint64_t dead_bytes = 0;
};

/// How much is worth rewriting.
enum class Scope {
  Inline,     ///< as Due, but dead rows wait until they are worth a commit
  Due,        ///< full tiers of small files, and every file with many dead rows
  Full,       ///< every small file and every file with a dead row
  Everything  ///< all files, in one bin a partition: what a new order of the rows needs
};

/// The bins to rewrite, the most useful first: small files from the lowest tier up, then files with
/// dead rows, the largest share first. No file is in two bins. Pure.
std::vector<Bin> plan(std::span<const delta::DataFile> files, const Policy& policy, Scope scope);

/// The tier of a file: 0 holds those of half the target and more, and each further one those down
/// to a `fan_in`-th of the one before. The last one holds the rest.
std::size_t tier_of(std::uint64_t file_bytes, const Policy& policy);

/// The file size at which output is cut so that `live_bytes` make files of about equal size near
/// the target.
std::uint64_t cut_bytes(std::uint64_t live_bytes, const Policy& policy);

}  // namespace inlet::upkeep
