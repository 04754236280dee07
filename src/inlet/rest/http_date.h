#pragma once

#include <optional>
#include <string_view>

#include "inlet/base/clock.h"

namespace inlet::rest {

/// The time of a Date header (`Sun, 06 Nov 1994 08:49:37 GMT`); nullopt for anything else.
std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace inlet::rest
