#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/cli/text_table.h"

namespace inlet::cli {

/// The members of one compact JSON object, in order, each value as its text (row_to_json's output).
std::vector<std::pair<std::string, std::string>> members_of(std::string_view json);

/// JSON objects with the same members as a table: texts without their quotes, null as an empty
/// cell, everything else as JSON.
TextTable table_of(const std::vector<std::string>& json_rows);

}  // namespace inlet::cli
