#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "inlet/data/type.h"
#include "inlet/delta/data_file.h"

namespace inlet::index {

/// Positions of those `files`, ascending, whose statistics do not rule out that they hold one of
/// `keys` (RowKey bytes), whose first column is at `path`.
std::vector<std::uint32_t> files_that_may_hold(const Schema& schema, std::string_view path,
                                               std::span<const delta::DataFile> files,
                                               std::span<const std::string_view> keys);

}  // namespace inlet::index
