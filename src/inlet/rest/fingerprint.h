#pragma once

#include <cstdint>
#include <string_view>

namespace inlet::rest {

/// A well-mixed 64-bit hash that is the same on every machine and in every version: offsets hold
/// it. Not for adversaries.
std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace inlet::rest
