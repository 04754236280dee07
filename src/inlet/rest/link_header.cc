#include "inlet/rest/link_header.h"

namespace inlet::rest {
namespace {

// True for `rel="first next"` and relation `next`.
bool has_relation(std::string_view parameters, std::string_view relation) {
  auto start = parameters.find("rel=");
  if (start == std::string_view::npos) return false;
  std::string_view value = parameters.substr(start + 4);
  if (value.starts_with('"')) {
    value = value.substr(1, value.find('"', 1) - 1);
  } else {
    value = value.substr(0, value.find_first_of("; ,"));
  }
  while (!value.empty()) {
    const auto blank = value.find(' ');
    if (value.substr(0, blank) == relation) return true;
    if (blank == std::string_view::npos) return false;
    value.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

std::optional<std::string> find_link(std::string_view header, std::string_view relation) {
  while (true) {
    const auto open = header.find('<');
    const auto close = header.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    if (has_relation(header.substr(0, header.find('<')), relation)) return std::string(target);
  }
}

}  // namespace inlet::rest
