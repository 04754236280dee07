#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/data/type.h"
#include "inlet/delta/data_file.h"

namespace inlet::index {

/// What a probe for `keys` would cost, in rows read.
std::uint64_t cost_of_probing(const Schema& schema, const std::vector<std::string>& key_paths,
                              const std::vector<delta::DataFile>& files,
                              std::span<const std::string_view> keys);

/// What it would cost to bring `files[i]` into an index for every i in `missing`.
std::uint64_t cost_of_indexing(const std::vector<delta::DataFile>& files,
                               std::span<const std::uint32_t> missing);

}  // namespace inlet::index
