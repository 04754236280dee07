#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/index/dead_rows_internal.h"
#include "inlet/index/key_locator.h"
#include "inlet/index/key_packer_internal.h"

namespace inlet::index {

/// A row that the index gives for a key: whether it lives, and whether it has the key at all where
/// only a hash was compared, has still to be seen.
struct Hit {
  std::uint32_t key = 0;
  std::uint32_t file = 0;  // position in the files given
  std::uint32_t row = 0;
  bool is_hashed = false;
  PackedSequence sequence = {};
};

/// The columns that keys and sequences are made of.
struct KeyPaths {
  std::vector<std::string> keys;
  std::vector<std::string> sequence;
};

/// Takes out the rows that are dead. `hits` are ordered by file; at most about `max_bytes` of dead
/// rows are held at once.
Status drop_dead(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                 DeadRows& dead_rows, std::uint64_t max_bytes, std::vector<Hit>& hits);

/// The rows, ordered by file and position, that really have their keys. Reads from the data files
/// what the hits leave open: the keys behind hashes, the sequences that did not fit.
Result<std::vector<Located>> settle(const delta::Snapshot& base,
                                    const std::vector<delta::DataFile>& files,
                                    const KeyPaths& paths, const KeyPacker& packer,
                                    std::span<const std::string_view> keys,
                                    std::span<const Hit> hits, unsigned num_threads);

}  // namespace inlet::index
