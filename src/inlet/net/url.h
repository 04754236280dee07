#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/base/error.h"

namespace inlet::net {

/// Query parameters in order, as (name, value), neither of them encoded.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// `text` with every byte outside RFC 3986's unreserved set written as %XX: safe as a path step, a
/// query name or a query value.
std::string percent_encode(std::string_view text);
/// The reverse; a `%` that no two hex digits follow stays as it is. `+` is not a blank.
std::string percent_decode(std::string_view text);

/// Fails with Config unless `url` is an absolute http or https URL without user info. The message
/// never holds user info or the query.
Status check_url(std::string_view url);
/// `reference` (absolute, path, query ...) as seen from the absolute `base`; the fragment is
/// dropped.
Result<std::string> resolve_url(std::string_view base, std::string_view reference);
/// `url` with `parameters` encoded and put behind the query that it may have already.
std::string with_query(std::string_view url, const QueryParameters& parameters);
/// The decoded parameters of the URL's query (`+` is a blank there).
QueryParameters query_of(std::string_view url);

}  // namespace inlet::net
