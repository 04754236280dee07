#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/index/key_locator.h"
#include "inlet/index/key_packer_internal.h"
#include "inlet/index/run_builder_internal.h"

namespace inlet::index {

/// The columns that keys and sequences are made of.
struct KeyPaths {
  std::vector<std::string> keys;
  std::vector<std::string> sequence;
};

/// Gives `builder` an entry for every live row of `files`, whose ordinals begin at `first_ordinal`.
Status read_keys(const delta::Snapshot& base, std::span<const delta::DataFile* const> files,
                 const KeyPaths& paths, const KeyPacker& packer, std::uint32_t first_ordinal,
                 unsigned num_threads, RunBuilder& builder);

/// The same for a file that was just written.
Status add_keys(const WrittenKeys& written, const KeyPacker& packer, std::uint32_t ordinal,
                RunBuilder& builder);

}  // namespace inlet::index
