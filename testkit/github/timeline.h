#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "testkit/simulator/json_text.h"

namespace inlet::simulator::github {

/// When each of many numbered records was made and last changed, and how often it has changed since
/// the start: about 5 bytes a record. Records that exist from the start lie between 2020 and 2025.
/// Not thread-safe.
class Timeline {
 public:
  struct Plan {
    std::uint64_t seed = 1;
    std::uint64_t stream = 0;
    std::int64_t count = 0;
    /// Percent of the records that share their time of change with others.
    int ties = 20;
  };
  explicit Timeline(const Plan& plan);

  std::int64_t size() const { return static_cast<std::int64_t>(updated_.size()); }
  /// Never falls with the index; some neighbours are equal.
  Seconds created(std::int64_t index) const;
  Seconds updated(std::int64_t index) const { return updated_[static_cast<std::size_t>(index)]; }
  /// 0 until the first touch().
  std::uint64_t version(std::int64_t index) const {
    return versions_[static_cast<std::size_t>(index)];
  }

  /// The record itself changes.
  void touch(std::int64_t index, Seconds now);
  /// Only its time of change moves: something that it counts has changed.
  void stir(std::int64_t index, Seconds now) {
    updated_[static_cast<std::size_t>(index)] = static_cast<std::uint32_t>(now);
  }
  /// When the record was touched for the `number`-th time, counted from 0.
  Seconds touched(std::int64_t index, std::size_t number) const {
    return touches_.at(index)[number];
  }
  void append(Seconds now);

 private:
  Seconds first_change(std::int64_t index) const;

  Plan plan_;
  std::int64_t block_size_ = 0;
  std::vector<std::uint32_t> updated_;
  std::vector<std::uint8_t> versions_;
  std::vector<std::uint32_t> appended_;
  std::unordered_map<std::int64_t, std::vector<Seconds>> touches_;
};

}  // namespace inlet::simulator::github
