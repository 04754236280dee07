#include <strings.h>

#include <algorithm>

#include "inlet/net/http.h"

namespace inlet::net {
namespace {

bool is_same_name(std::string_view one, std::string_view other) {
  return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

void Headers::add(std::string name, std::string value) {
  lines_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(lines_, [&](const auto& line) { return is_same_name(line.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : lines_) {
    if (is_same_name(key, name)) return value;
  }
  return std::nullopt;
}

}  // namespace inlet::net
