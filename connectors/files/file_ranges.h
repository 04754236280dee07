#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/files/ledger.h"
#include "inlet/connect/source.h"

namespace inlet::files {

/// Records of one file, as it was when the read was planned.
struct FileRange {
  std::string path;
  std::uint32_t version = 0;  ///< Ledger::version_of
  std::uint64_t size = 0;
  std::uint64_t begin = 0;
  /// Those that begin in [begin, end), where a line may be cut; missing: from `begin`, where a
  /// record begins, to the end of the file.
  std::optional<std::uint64_t> end = {};

  std::uint64_t num_bytes() const;
};

/// Whether the file may be read from any place on: lines of JSON that are not compressed.
bool is_cuttable(const DataFile& file);

/// The file from `begin` on, in ranges of at most `partition_bytes` as far as it can be cut.
std::vector<FileRange> cut(const DataFile& file, std::uint64_t begin,
                           std::uint64_t partition_bytes);

Partition to_partition(const std::vector<FileRange>& ranges);
/// Fails with Config when the partition is not one of ours.
Result<std::vector<FileRange>> to_ranges(const Partition& partition);

}  // namespace inlet::files
