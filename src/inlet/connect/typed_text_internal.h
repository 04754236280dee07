#pragma once

#include <string>
#include <string_view>

namespace inlet {

/// `bigint! Unique across GitHub.`: a type, `!` when a value is required, then a sentence.
struct TypedText {
  std::string_view type;
  bool is_required = false;
  std::string sentence;
};

/// Views into `text`.
inline TypedText split_typed_text(std::string_view text) {
  const auto space = text.find(' ');
  TypedText typed{.type = text.substr(0, space)};
  if (space != std::string_view::npos) {
    const auto start = text.find_first_not_of(' ', space);
    if (start != std::string_view::npos) typed.sentence = text.substr(start);
  }
  typed.is_required = typed.type.ends_with('!');
  if (typed.is_required) typed.type.remove_suffix(1);
  return typed;
}

}  // namespace inlet
