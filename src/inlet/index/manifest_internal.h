#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/data_file.h"

namespace inlet::index {

/// A data file whose keys are in the index.
struct IndexedFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t num_rows = 0;
  std::int64_t modified_ms = 0;
  std::uint32_t ordinal = 0;         ///< its name in entries; never given twice
  std::string deletion_vector = {};  ///< as last seen
  /// Entries of rows that were dead then may be missing: a deletion vector that has not grown out
  /// of the one seen may make such rows live again.
  bool is_pruned = false;

  /// Whether `file` is the file whose keys were read, with all rows that live in it.
  bool covers(const delta::DataFile& file) const;
};

struct RunFile {
  std::string name;
  std::uint64_t checksum = 0;  ///< of its content
};

/// What an index is of.
struct Identity {
  std::string table_id;
  std::vector<std::string> key_columns;
  std::vector<std::string> sequence_columns;
  bool operator==(const Identity&) const = default;
};

/// Everything about an index but its entries. Whatever differs from it in the folder is not there.
struct Manifest {
  Identity identity;
  std::int64_t version = -1;  ///< of the table, when the files were last compared with it
  std::uint32_t next_ordinal = 0;
  std::uint64_t next_run = 0;
  std::uint64_t probed_cost = 0;  ///< what probing has cost since the index was last up to date
  std::vector<IndexedFile> files;
  std::vector<RunFile> runs;
};

/// Fails when there is none, or one that is damaged or of another format.
Result<Manifest> load_manifest(const std::filesystem::path& folder);
/// A crash leaves the old one or the new one.
Status store_manifest(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace inlet::index
