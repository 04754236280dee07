#include "inlet/rest/fingerprint.h"

#include <cstring>

namespace inlet::rest {
namespace {

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 33U;
  value *= 0xFF51AFD7ED558CCDULL;
  value ^= value >> 33U;
  value *= 0xC4CEB9FE1A85EC53ULL;
  return value ^ (value >> 33U);
}

}  // namespace

std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t state = mix(seed + 0x9E3779B97F4A7C15ULL * (bytes.size() + 1));
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);  // little-endian on every machine that we build for
    state = (state ^ mix(word)) * 0x9FB21C651E98DF25ULL + 0x2545F4914F6CDD1DULL;
    state ^= state >> 29U;
    bytes.remove_prefix(8);
  }
  std::uint64_t tail = 0;
  if (!bytes.empty()) std::memcpy(&tail, bytes.data(), bytes.size());
  return mix(state ^ mix(tail + bytes.size()));
}

}  // namespace inlet::rest
