#pragma once

// The one door to text formatting: {fmt} until the floor is a compiler with std::format.

#include <fmt/format.h>

namespace inlet {

using fmt::format;

}  // namespace inlet
