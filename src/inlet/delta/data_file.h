#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace inlet::delta {

/// A live data file of one snapshot.
struct DataFile {
  std::string path;                  ///< relative to the table, as the log spells it
  std::uint64_t size = 0;            ///< bytes
  std::uint64_t num_rows = 0;        ///< rows in the file, dead ones included
  std::uint64_t num_dead = 0;        ///< rows that its deletion vector marks
  std::string stats = {};            ///< the log's JSON text; empty where the writer left none
  std::int64_t modified_ms = 0;      ///< when it was written, as the log says
  std::string deletion_vector = {};  ///< names what marks the dead rows; empty without any
  /// A JSON object: the text of the value, as the log has it, or null for each partition column.
  /// Equal for equal texts; empty in a table without such columns.
  std::string partition = {};

  /// Bytes of the rows that live, as far as rows are of one size.
  std::uint64_t live_bytes() const;
};

/// A data file that was written and is not yet part of the table.
struct StagedFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t num_rows = 0;
  std::string stats;
  std::string partition = {};  ///< as of DataFile
};

/// Rows `first` to `first + num_rows` - 1, or fewer at the end of the file.
struct RowRange {
  std::uint64_t first = 0;
  std::uint64_t num_rows = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace inlet::delta
