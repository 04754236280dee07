#pragma once

#include <cstdint>

namespace inlet::simulator {

/// A well-mixed value of its three arguments: the same on every machine and in every run.
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  std::uint64_t value = seed * 0x9E3779B97F4A7C15U + stream * 0xD1B54A32D192ED03U + index;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

/// Draws that depend on nothing but what they were made from: record i is computed without records
/// 0..i-1.
class Draw {
 public:
  Draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t index)
      : state_(mix(seed, stream, index)) {}

  std::uint64_t next() { return mix(state_, 0, ++num_drawn_); }
  /// 0 .. bound - 1; bound > 0.
  std::uint64_t below(std::uint64_t bound) { return ((next() >> 32U) * bound) >> 32U; }
  /// True in `percent` of 100 draws.
  bool chance(std::uint64_t percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
  std::uint64_t num_drawn_ = 0;
};

}  // namespace inlet::simulator
