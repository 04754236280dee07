#include <algorithm>
#include <array>
#include <cstring>

#include "inlet/decode/csv_rows_internal.h"

namespace inlet::decode {
namespace {

const char* find(const char* begin, const char* end, char wanted) {
  const void* found =
      begin == end ? nullptr : std::memchr(begin, wanted, static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<const char*>(found);
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

CsvRows::CsvRows(std::string_view text, char delimiter)
    : begin_(text.data()),
      rest_(text.data()),
      end_(text.data() + text.size()),
      delimiter_(delimiter) {
  if (text.starts_with("\xEF\xBB\xBF")) rest_ += 3;
}

bool CsvRows::is_at_line_end() const {
  return rest_ == end_ || *rest_ == '\n' ||
         (*rest_ == '\r' && (rest_ + 1 == end_ || rest_[1] == '\n'));
}

void CsvRows::take_line_end() {
  if (rest_ != end_ && *rest_ == '\r') ++rest_;
  if (rest_ != end_) ++rest_;
}

const CsvRow* CsvRows::next() {
  while (rest_ != end_ && is_at_line_end()) take_line_end();
  if (rest_ == end_) return nullptr;
  const char* const row = rest_;
  row_.cells.clear();
  row_.error = {};
  unescaped_.clear();
  read_row();
  if (!row_.error.empty()) skip_bad_line(row);
  row_.bytes = between(row, rest_);
  take_line_end();
  return &row_;
}

void CsvRows::read_row() {
  for (;;) {
    if (rest_ != end_ && *rest_ == '"') {
      if (!read_quoted_cell()) return;
    } else {
      read_plain_cell();
    }
    if (is_at_line_end()) return;
    if (*rest_ != delimiter_) {
      row_.error = "text follows a closing quote";
      return;
    }
    ++rest_;
  }
}

void CsvRows::read_plain_cell() {
  const char* const cell = rest_;
  while (!is_at_line_end() && *rest_ != delimiter_) ++rest_;
  row_.cells.push_back({.text = between(cell, rest_)});
}

bool CsvRows::read_quoted_cell() {
  const char* part = rest_ + 1;
  const char* quote = find(part, end_, '"');
  const std::size_t unescaped = unescaped_.size();
  bool is_doubled = false;
  while (quote != end_ && quote + 1 != end_ && quote[1] == '"') {
    // Cells are views, so the buffer may not move: no row is longer than the text.
    if (unescaped_.capacity() < between(begin_, end_).size())
      unescaped_.reserve(between(begin_, end_).size());
    is_doubled = true;
    unescaped_.append(part, quote + 1);
    part = quote + 2;
    quote = find(part, end_, '"');
  }
  if (quote == end_) {
    row_.error = "a quote is not closed";
    return false;
  }
  std::string_view text = between(part, quote);
  if (is_doubled) {
    unescaped_.append(text);
    text = std::string_view(unescaped_).substr(unescaped);
  }
  row_.cells.push_back({.text = text, .is_quoted = true});
  rest_ = quote + 1;
  return true;
}

// Where quotes do not pair up, nobody knows where the row ends: its first line is given up.
void CsvRows::skip_bad_line(const char* row) {
  rest_ = find(row, end_, '\n');
  if (rest_ != row && rest_[-1] == '\r') --rest_;
}

char detect_delimiter(std::string_view text) {
  constexpr std::array kDelimiters = {',', ';', '\t', '|'};
  std::array<std::size_t, kDelimiters.size()> counts = {};
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (c == '\n') break;
    const auto place = std::ranges::find(kDelimiters, c);
    if (place != kDelimiters.end()) ++counts[static_cast<std::size_t>(place - kDelimiters.begin())];
  }
  return kDelimiters[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

}  // namespace inlet::decode
