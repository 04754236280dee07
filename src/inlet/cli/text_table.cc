#include "inlet/cli/text_table.h"

#include <algorithm>
#include <numeric>

#include "inlet/base/format.h"

namespace inlet::cli {
namespace {

constexpr std::size_t kMaxCellWidth = 60;
constexpr std::size_t kMinCellWidth = 6;
constexpr std::size_t kBorderWidth = 3;  // of one column: " │ "

struct CodePoint {
  char32_t value = 0;
  std::size_t num_bytes = 1;
};

// The first code point of a text that is not empty; a byte that begins none stands for itself.
CodePoint first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  std::size_t length = 1;
  if (lead >= 0xf0) {
    length = 4;
  } else if (lead >= 0xe0) {
    length = 3;
  } else if (lead >= 0xc0) {
    length = 2;
  }
  if (length == 1 || text.size() < length) return {lead, 1};
  char32_t value = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = value << 6U | (byte(i) & 0x3fU);
  return {value, length};
}

// After Unicode's East Asian Width and its combining marks, as far as terminals agree on them.
std::size_t width_of(char32_t c) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  constexpr Range kNone[] = {
      {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
      {0x200b, 0x200f}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}};
  constexpr Range kWide[] = {
      {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x2705, 0x2705},
      {0x2728, 0x2728},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
      {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
      {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
  const auto holds = [c](const Range& range) { return c >= range.first && c <= range.last; };
  if (std::any_of(std::begin(kNone), std::end(kNone), holds)) return 0;
  return std::any_of(std::begin(kWide), std::end(kWide), holds) ? 2 : 1;
}

std::string visible(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (c == '\n') {
      shown += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      shown += format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      shown += c;
    }
  }
  return shown;
}

// At most `width` columns of the text, the last one an ellipsis when something is cut.
std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::string kept;
  std::size_t used = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    if (used + width_of(point.value) + 1 > width) break;
    used += width_of(point.value);
    kept += text.substr(0, point.num_bytes);
    text.remove_prefix(point.num_bytes);
  }
  return kept + "…";
}

std::vector<std::size_t> natural_widths(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.headings.size(); ++i) {
    std::size_t width = display_width(visible(table.headings[i]));
    for (const auto& row : table.rows) width = std::max(width, display_width(visible(row[i])));
    widths.push_back(std::clamp<std::size_t>(width, 1, kMaxCellWidth));
  }
  return widths;
}

// Takes columns off the end, then narrows the widest ones, until the line fits.
void fit(std::vector<std::size_t>& widths, std::size_t max_width) {
  if (max_width == 0) return;
  const auto least = [&] {
    std::size_t sum = 1;
    for (const std::size_t width : widths) sum += std::min(width, kMinCellWidth) + kBorderWidth;
    return sum;
  };
  while (widths.size() > 1 && least() > max_width) widths.pop_back();
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), 1 + widths.size() * kBorderWidth);
  };
  while (total() > max_width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kMinCellWidth) break;
    --*widest;
  }
}

enum class Side { Left, Right };

std::string padded(std::string_view text, std::size_t width, Side side) {
  const std::string cell = cut(visible(text), width);
  const std::string blanks(width - std::min(width, display_width(cell)), ' ');
  return side == Side::Right ? blanks + cell : cell + blanks;
}

std::string rule(const std::vector<std::size_t>& widths, std::string_view left,
                 std::string_view middle, std::string_view right) {
  std::string line(left);
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) line += middle;
    for (std::size_t dash = 0; dash < widths[i] + 2; ++dash) line += "─";
  }
  return line.append(right).append("\n");
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    width += width_of(point.value);
    text.remove_prefix(point.num_bytes);
  }
  return width;
}

std::string draw(const TextTable& table, std::size_t max_width) {
  std::vector<std::size_t> widths = natural_widths(table);
  fit(widths, max_width);
  const auto line = [&](const std::vector<std::string>& cells, bool is_heading) {
    std::string text = "│";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool is_number = !is_heading && i < table.is_number.size() && table.is_number[i];
      text += " " + padded(cells[i], widths[i], is_number ? Side::Right : Side::Left) + " │";
    }
    return text + "\n";
  };
  std::string text = rule(widths, "┌", "┬", "┐") + line(table.headings, true);
  text += rule(widths, "├", "┼", "┤");
  for (const auto& row : table.rows) text += line(row, false);
  text += rule(widths, "└", "┴", "┘");
  if (widths.size() == table.headings.size()) return text;
  text += format("{} more columns:", table.headings.size() - widths.size());
  for (std::size_t i = widths.size(); i < table.headings.size(); ++i) {
    text += (i == widths.size() ? " " : ", ") + table.headings[i];
  }
  return text + "\n";
}

}  // namespace inlet::cli
