#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/index/key_locator.h"

namespace inlet::index {

/// The dead rows of data files, kept as long as their deletion vectors stay the same.
class DeadRows {
 public:
  explicit DeadRows(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// Reads what is not known yet of `files[i]` for every i in `chosen`. Files that `base` has no
  /// more are forgotten, and others too when they take more than `max_bytes` together.
  Status load(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
              std::span<const std::uint32_t> chosen);
  /// Takes the rows that are dead out of `located`, which is ordered by file.
  Status drop_dead(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
                   std::vector<Located>& located);
  /// Ascending, valid until the next load(); null when not known for this state of the file.
  const std::vector<std::uint32_t>* find(const delta::DataFile& file) const;

 private:
  struct Kept {
    std::string deletion_vector;
    std::vector<std::uint32_t> rows;
  };
  void forget_others(const std::vector<delta::DataFile>& files);

  const std::uint64_t max_bytes_;
  std::uint64_t num_bytes_ = 0;
  std::unordered_map<std::string, Kept> by_path_;
};

}  // namespace inlet::index
