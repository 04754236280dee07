#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/index/hits_internal.h"
#include "inlet/index/key_locator.h"
#include "inlet/index/key_packer_internal.h"
#include "inlet/index/run_builder_internal.h"

namespace inlet::index {

/// Gives `builder` an entry for every live row of `files`, whose ordinals begin at `first_ordinal`.
Status read_keys(const delta::Snapshot& base, std::span<const delta::DataFile* const> files,
                 const KeyPaths& paths, const KeyPacker& packer, std::uint32_t first_ordinal,
                 unsigned num_threads, RunBuilder& builder);

/// The same for a file that was just written.
std::vector<Entry> make_entries(const WrittenKeys& written, const KeyPacker& packer,
                                std::uint32_t ordinal);

}  // namespace inlet::index
