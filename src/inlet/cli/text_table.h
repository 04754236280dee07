#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inlet::cli {

/// Columns of text for people.
struct TextTable {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows = {};  ///< as many cells as there are headings
  std::vector<bool> is_number = {};                 ///< to the right; missing entries are texts
};

/// Draws the table with box characters. Cells are cut with an ellipsis so that a line keeps to
/// `max_width` columns of the terminal (0: no limit, only each cell's); columns that find no room
/// at all are left out and named below. Control characters in cells are shown, never sent.
std::string draw(const TextTable& table, std::size_t max_width);

/// Columns of a terminal that UTF-8 `text` takes.
std::size_t display_width(std::string_view text);

}  // namespace inlet::cli
