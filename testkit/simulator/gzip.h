#pragma once

#include <string>
#include <string_view>

namespace inlet::simulator {

/// `text` as one gzip member.
std::string gzip(std::string_view text);

}  // namespace inlet::simulator
