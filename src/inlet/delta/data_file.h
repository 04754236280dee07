#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace inlet::delta {

/// A live data file of one snapshot.
struct DataFile {
  std::string path;            ///< relative to the table, as the log spells it
  std::uint64_t size = 0;      ///< bytes
  std::uint64_t num_rows = 0;  ///< rows in the file, dead ones included
  std::uint64_t num_dead = 0;  ///< rows that its deletion vector marks
  std::string stats = {};      ///< the log's JSON text; empty where the writer left none
};

/// A data file that was written and is not yet part of the table.
struct StagedFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t num_rows = 0;
  std::string stats;
};

}  // namespace inlet::delta
