#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inlet/apply/change_parts_internal.h"
#include "inlet/delta/table.h"

namespace inlet::apply {

/// The files of a table that statistics allow to hold the keys of some changes: what a commit of
/// these changes may have to write again.
class FileReach {
 public:
  /// `keys`: dotted paths.
  explicit FileReach(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  /// Memory: the changes' keys. `table` is the same until clear().
  Status add(const delta::Snapshot& table, std::span<const Changes> changes);
  /// Live rows in these files.
  std::uint64_t num_rows() const { return num_rows_; }
  void clear();

 private:
  const std::vector<std::string> keys_;
  std::optional<std::vector<delta::DataFile>> others_;  ///< files that are not among them yet
  std::uint64_t num_rows_ = 0;
};

}  // namespace inlet::apply
