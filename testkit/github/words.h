#pragma once

#include <string>
#include <string_view>

#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {

/// Appends `num_words` words as the inside of a JSON string, escapes ready-made: mostly plain
/// English, now and then quotes, back-slashes, line ends, accents, other scripts and emoji.
void append_words(Draw& draw, int num_words, std::string& out);

/// One plain lower-case word, for names.
std::string_view plain_word(std::uint64_t number);

}  // namespace inlet::simulator::github
