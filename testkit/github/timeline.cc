#include "testkit/github/timeline.h"

#include <algorithm>

#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr Seconds kStart = 1577836800;  // 2020-01-01
constexpr Seconds kSpan = 157680000;    // five years
constexpr Seconds kMonth = 30 * 86400;
constexpr std::int64_t kBlocksInSuperblock = 16;
constexpr std::int64_t kSuperblocksFrom = 2000;

constexpr std::uint64_t kBlockStream = 21;
constexpr std::uint64_t kSuperblockStream = 22;
constexpr std::uint64_t kChangeStream = 23;
constexpr std::uint64_t kCreatedStream = 24;

}  // namespace

Timeline::Timeline(const Plan& plan) : plan_(plan) {
  // Records are tied in blocks of neighbours, as a bulk edit leaves them; some sixteen blocks at a
  // time, which is more than the largest page holds.
  block_size_ = std::clamp<std::int64_t>(plan.count / 8, 2, 25);
  updated_.reserve(static_cast<std::size_t>(plan.count));
  for (std::int64_t index = 0; index < plan.count; ++index) {
    updated_.push_back(static_cast<std::uint32_t>(first_change(index)));
  }
  versions_.resize(updated_.size());
}

Seconds Timeline::created(std::int64_t index) const {
  if (index >= plan_.count) return appended_[static_cast<std::size_t>(index - plan_.count)];
  const auto group = static_cast<std::uint64_t>(index / 4);
  const bool is_tied = mix(plan_.seed, kCreatedStream + plan_.stream, group) % 10 == 0;
  return kStart + (is_tied ? index - index % 4 : index) * kSpan / plan_.count;
}

Seconds Timeline::first_change(std::int64_t index) const {
  const auto percent = static_cast<std::uint64_t>(plan_.ties);
  const std::int64_t last = plan_.count - 1;
  const std::int64_t size_of_superblock = block_size_ * kBlocksInSuperblock;
  const auto superblock = static_cast<std::uint64_t>(index / size_of_superblock);
  if (percent > 0 && plan_.count >= kSuperblocksFrom &&
      mix(plan_.seed, kSuperblockStream + plan_.stream, superblock) % 16 == 0) {
    const auto end = static_cast<std::int64_t>(superblock + 1) * size_of_superblock - 1;
    return created(std::min(end, last)) + 7200;
  }
  const auto block = static_cast<std::uint64_t>(index / block_size_);
  const bool is_first = block == 0 && percent > 0;
  if (is_first || mix(plan_.seed, kBlockStream + plan_.stream, block) % 100 < percent) {
    const auto end = static_cast<std::int64_t>(block + 1) * block_size_ - 1;
    return created(std::min(end, last)) + 3600;
  }
  Draw draw(plan_.seed, kChangeStream + plan_.stream, static_cast<std::uint64_t>(index));
  // A quarter has never been changed.
  if (draw.chance(25)) return created(index);
  return created(index) + static_cast<Seconds>(draw.below(kMonth));
}

void Timeline::touch(std::int64_t index, Seconds now) {
  const auto at = static_cast<std::size_t>(index);
  updated_[at] = static_cast<std::uint32_t>(now);
  ++versions_[at];
  touches_[index].push_back(now);
}

void Timeline::append(Seconds now) {
  appended_.push_back(static_cast<std::uint32_t>(now));
  updated_.push_back(static_cast<std::uint32_t>(now));
  versions_.push_back(0);
}

}  // namespace inlet::simulator::github
