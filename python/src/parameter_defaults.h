#pragma once

#include <map>
#include <string>

#include "inlet/base/error.h"

namespace inlet::python {

/// What the package `inlet` puts for parameters that a connection does not give: this interpreter,
/// where it finds modules, and the connector that was registered. From any thread, which must not
/// hold a lock that Python code may want.
Result<std::map<std::string, std::string>> parameter_defaults();

}  // namespace inlet::python
