#pragma once

#include <string_view>

namespace inlet {

/// The release this build belongs to; the same as in CMakeLists.txt.
inline constexpr std::string_view kVersion = INLET_VERSION;

}  // namespace inlet
