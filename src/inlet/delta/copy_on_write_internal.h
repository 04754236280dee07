#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/delta/table.h"

namespace inlet::delta {

/// Files that take the place of others which hold rows that die.
struct Rewrite {
  std::vector<StagedFile> add = {};
  std::vector<std::string> remove = {};
};

/// Writes the live rows of the files at the paths of `delete_rows` again, without those that die.
/// Holds one row group at a time. A failure leaves no files behind. Bug: a path is not live in
/// `base`, comes twice, or a position is past the file's end.
Result<Rewrite> rewrite_without(
    const Snapshot& base,
    const std::vector<std::pair<std::string, std::vector<std::uint64_t>>>& delete_rows,
    std::uint64_t target_file_bytes = kTargetFileBytes);

}  // namespace inlet::delta
