#pragma once

#include <string>
#include <string_view>

namespace inlet::files {

/// True when all of `path` is what `pattern` says: `*` stands for any text without a slash, `**`
/// for any text,
/// `**/` also for nothing, `?` for one character.
bool matches_glob(std::string_view path, std::string_view pattern);

/// The folders at the pattern's start that have no wildcard: where a listing may begin. Empty: at
/// the root.
std::string literal_folder(std::string_view pattern);

}  // namespace inlet::files
