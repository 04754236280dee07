#pragma once

#include <cstdint>
#include <string_view>

namespace inlet {

/// A 64-bit hash (XXH3) that is the same on every machine and in every version: offsets hold it.
/// Not for adversaries.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace inlet
