#pragma once

#include <span>
#include <string>
#include <string_view>

namespace inlet {

/// ` (did you mean "owner"?)` for the known name nearest to `given`, or an empty text when none is
/// near: at most two edits, or a third of the name's length.
std::string did_you_mean(std::string_view given, std::span<const std::string_view> known);
std::string did_you_mean(std::string_view given, std::span<const std::string> known);

}  // namespace inlet
