#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlet::decode {

/// One cell. `text` is valid until the next row is asked for.
struct CsvCell {
  std::string_view text = {};
  bool is_quoted = false;  ///< tells "" (an empty text) from nothing at all
};

/// One record of a CSV text.
struct CsvRow {
  std::string_view bytes = {};  ///< as sent, without its line end
  std::vector<CsvCell> cells = {};
  std::string_view error = {};  ///< why the row is none; empty for a good one
};

/// Cuts CSV text (RFC 4180) into rows: quoted cells may hold delimiters, line ends and doubled
/// quotes; lines end with LF or CRLF; empty lines are skipped. After a badly quoted row it goes on
/// with the next line. Borrows the text.
class CsvRows {
 public:
  CsvRows(std::string_view text, char delimiter);
  /// The next row, or nullptr at the end. Valid until the next call.
  const CsvRow* next();
  /// Bytes from the start of the text to the row that next() would give.
  std::size_t position() const { return static_cast<std::size_t>(rest_ - begin_); }

 private:
  void read_row();
  bool read_quoted_cell();
  void read_plain_cell();
  void skip_bad_line(const char* row);
  bool is_at_line_end() const;
  void take_line_end();

  const char* begin_;
  const char* rest_;
  const char* end_;
  char delimiter_;
  CsvRow row_;
  std::string unescaped_;  // cells with doubled quotes, never reallocated while views exist
};

/// The delimiter that occurs most often in the first line outside of quotes: comma, semicolon, tab
/// or bar.
char detect_delimiter(std::string_view text);

}  // namespace inlet::decode
