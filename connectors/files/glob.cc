#include "connectors/files/glob.h"

namespace inlet::files {

bool matches_glob(std::string_view path, std::string_view pattern) {
  while (!pattern.empty() && pattern[0] != '*') {
    if (path.empty() || (pattern[0] != '?' && pattern[0] != path[0])) return false;
    if (pattern[0] == '?' && path[0] == '/') return false;
    path.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  if (pattern.empty()) return path.empty();
  const bool spans_folders = pattern.starts_with("**");
  if (pattern.starts_with("**/") && matches_glob(path, pattern.substr(3))) return true;
  const std::string_view rest = pattern.substr(spans_folders ? 2 : 1);
  for (std::size_t taken = 0;; ++taken) {
    if (matches_glob(path.substr(taken), rest)) return true;
    if (taken == path.size() || (path[taken] == '/' && !spans_folders)) return false;
  }
}

std::string literal_folder(std::string_view pattern) {
  const std::string_view literal = pattern.substr(0, pattern.find_first_of("*?"));
  const std::size_t slash = literal.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(literal.substr(0, slash));
}

}  // namespace inlet::files
