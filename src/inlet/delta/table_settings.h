#pragma once

#include <string>
#include <utility>
#include <vector>

namespace inlet::delta {

/// Who shall be able to read and write a new table.
enum class Compatibility {
  Usual,  ///< dead rows are marked in deletion vectors
  Max,    ///< readers and writers of any age: no table features at all
};

/// How a new table is made.
struct TableSettings {
  Compatibility compatibility = Compatibility::Usual;
  /// Top-level columns of primitive types: a file holds rows that share their values, and leaves
  /// them to the log.
  std::vector<std::string> partition_columns = {};
  /// Delta's or the user's.
  std::vector<std::pair<std::string, std::string>> properties = {};
};

}  // namespace inlet::delta
