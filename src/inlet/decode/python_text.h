#pragma once

#include <string>
#include <string_view>

namespace inlet::decode {

/// How Python prints what its json module reads, for the policy that reproduces a Python framework.

/// `1e22` -> `1e+22`, `1.50` -> `1.5`, `-0` -> `0`; integers keep their digits. Takes a JSON
/// number.
std::string python_number(std::string_view number);

/// repr() of a str: `it's` -> `"it's"`, a line feed -> `'\n'`.
std::string python_repr(std::string_view utf8);

}  // namespace inlet::decode
