#include "testkit/github/roster.h"

#include <algorithm>

namespace inlet::simulator::github {

Roster::Roster(std::int64_t count) {
  while (next_ < count) append();
}

std::optional<Roster::Entry> Roster::find(std::int64_t number) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), number,
      [](const Entry& entry, std::int64_t wanted) { return entry.number < wanted; });
  if (found == entries_.end() || found->number != number) return std::nullopt;
  return *found;
}

void Roster::touch(std::int64_t position) {
  ++entries_[static_cast<std::size_t>(position)].version;
}

void Roster::append() {
  entries_.push_back({.number = next_++});
}

void Roster::erase(std::int64_t position) {
  entries_.erase(entries_.begin() + position);
}

}  // namespace inlet::simulator::github
