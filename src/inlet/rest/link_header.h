#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace inlet::rest {

/// The target of the link with relation `relation` in a Link header (RFC 8288), if there is one.
std::optional<std::string> find_link(std::string_view header, std::string_view relation);

}  // namespace inlet::rest
