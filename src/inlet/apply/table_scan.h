#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::apply {

/// Calls `visit` with the live rows of one file after the other.
Status scan_table(const delta::Snapshot& table, const std::vector<delta::DataFile>& files,
                  const std::vector<std::string>& columns,
                  const std::function<Status(std::size_t file, const Batch& rows,
                                             std::span<const std::uint64_t> positions)>& visit);

}  // namespace inlet::apply
