#pragma once

#include <optional>

#include "inlet/net/http.h"

namespace inlet::net {

/// What to send after `response` to `request`: nullopt when it is no redirect (or names no place to
/// go). Fails with Config for a redirect that must not be followed: see HttpClient.
Result<std::optional<Request>> next_hop(const Request& request, const Response& response);

}  // namespace inlet::net
