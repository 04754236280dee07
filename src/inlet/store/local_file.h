#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::store {

/// `text` with its percent-encoding undone: two spellings of one object's URL become equal.
std::string percent_decoded(std::string_view text);

/// The path of a file:// URL, its percent-encoding undone; nullopt for any other URL.
std::optional<std::string> local_path(std::string_view url);

/// At most `length` bytes of a local file from `offset`, fewer at its end, read straight into the
/// result: the way of large input files. Errors as Store's.
Result<std::string> read_local_range(const std::string& path, std::uint64_t offset,
                                     std::uint64_t length);

}  // namespace inlet::store
