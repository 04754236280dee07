#pragma once

#include <span>

#include "inlet/connect/connector.h"

namespace inlet {

/// Every connector of this build, by name. Only the doors (cli/, python/) link it; the rest
/// receives it.
std::span<const Connector> registry();

}  // namespace inlet
