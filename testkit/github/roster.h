#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "testkit/simulator/json_text.h"

namespace inlet::simulator::github {

/// A small set of numbered records that can change, come and go: branches, teams, collaborators.
/// Not thread-safe.
class Roster {
 public:
  struct Entry {
    std::int64_t number = 0;   ///< Never used twice.
    std::int64_t version = 0;  ///< 0 until the first change.
  };
  Roster() = default;
  explicit Roster(std::int64_t count);

  std::int64_t size() const { return static_cast<std::int64_t>(entries_.size()); }
  /// In the order of numbers.
  const Entry& at(std::int64_t position) const {
    return entries_[static_cast<std::size_t>(position)];
  }
  std::optional<Entry> find(std::int64_t number) const;

  void touch(std::int64_t position);
  void append();
  void erase(std::int64_t position);

 private:
  std::vector<Entry> entries_;
  std::int64_t next_ = 0;
};

}  // namespace inlet::simulator::github
