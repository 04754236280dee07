#pragma once

#include <string>
#include <string_view>

#include "inlet/net/http.h"

namespace inlet::net {

/// `Authorization: Bearer TOKEN`.
Credential bearer(const Secret& token);
/// `Authorization: Basic ...` (RFC 7617, UTF-8).
Credential basic(std::string_view user, const Secret& password);
/// `NAME: PREFIX KEY`; no blank when `prefix` is empty.
Credential header_key(std::string name, std::string_view prefix, const Secret& key);
/// `?NAME=KEY`.
Credential query_key(std::string name, const Secret& key);

/// RFC 4648 with padding.
std::string base64(std::string_view bytes);

}  // namespace inlet::net
