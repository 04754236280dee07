#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlet/rest/expression_tree.h"

namespace inlet::rest {

struct Token {
  enum class Kind { End, Name, Integer, Number, Duration, Text, Symbol };

  Kind kind = Kind::End;
  std::size_t position = 0;
  std::string text;      ///< a Text's content without quotes; everything else as written
  long long number = 0;  ///< Integer; a Duration's microseconds
};

/// The tokens of one expression, an End last.
Checked<std::vector<Token>> tokenize(std::string_view text);

}  // namespace inlet::rest
