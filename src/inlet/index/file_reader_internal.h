#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::index {

/// Calls `visit` with the live rows of `files` and the number of their file among these, on at most
/// `num_threads` threads at once; files of more rows than `rows_per_part` are read in parts.
Status read_files(const delta::Snapshot& base, std::span<const delta::DataFile* const> files,
                  const std::vector<std::string>& columns, unsigned num_threads,
                  const std::function<Status(std::size_t number, const Batch& rows,
                                             std::span<const std::uint64_t> positions)>& visit,
                  std::uint64_t rows_per_part = 1 << 20);

}  // namespace inlet::index
