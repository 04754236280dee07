#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace inlet::decode {

/// JSON text as simdjson wants it: valid UTF-8 with readable bytes past its end. Borrows the text
/// where it already is that, else works on a copy of the same length; original() leads back. The
/// text must outlive this object.
class PaddedText {
 public:
  /// Borrows when the string's capacity holds the padding.
  explicit PaddedText(const std::string& text);
  /// Always copies.
  explicit PaddedText(std::string_view text);
  PaddedText(const PaddedText&) = delete;
  PaddedText& operator=(const PaddedText&) = delete;

  /// Puts `?` over every byte that is not UTF-8, so that one bad record does not hide the page's
  /// structure.
  void replace_invalid();

  /// The text that simdjson reads.
  std::string_view view() const { return {data_, size_}; }
  /// A part of view() for parser.iterate().
  simdjson::padded_string_view part(std::size_t offset, std::size_t size) const;
  /// The same place in the text given to the constructor.
  std::string_view original(std::string_view part) const;

 private:
  void copy();

  std::string_view original_;
  std::string copy_;
  const char* data_;
  std::size_t size_;
};

/// A view without the JSON white space at its end.
std::string_view trim_end(std::string_view text);
/// A view without a byte order mark and the JSON white space around it.
std::string_view trim(std::string_view text);

/// Starts reading `text`, and reads on where it is not UTF-8 (see replace_invalid).
simdjson::error_code iterate(simdjson::ondemand::parser& parser, PaddedText& text,
                             simdjson::ondemand::document& document);

}  // namespace inlet::decode
