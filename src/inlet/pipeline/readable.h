#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace inlet::pipeline {

/// `1,234,567`.
std::string readable_count(std::uint64_t count);
/// `1.5 MiB`; exact below 1 KiB.
std::string readable_bytes(std::uint64_t num_bytes);
/// `250 ms`, `12.3 s`, `4 m 05 s`, `2 h 03 m`.
std::string readable_duration(std::chrono::milliseconds duration);

}  // namespace inlet::pipeline
