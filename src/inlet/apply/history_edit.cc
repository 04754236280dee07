#include "inlet/apply/history_edit.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace inlet::apply {
namespace {

// What events are told apart by; the order of a timeline.
std::pair<std::string_view, bool> order_of(const Event& event) {
  return {event.sequence, !event.is_delete};
}

// The event of `events`, a timeline's, that is the same change as `event`.
std::optional<std::size_t> find(const std::vector<Event>& events, const Event& event) {
  const auto found = std::ranges::lower_bound(events, order_of(event), {}, order_of);
  if (found == events.end() || order_of(*found) != order_of(event)) return std::nullopt;
  return static_cast<std::size_t>(found - events.begin());
}

// One change that stands for all with its place in the order.
struct Change {
  Event event;
  std::size_t index = 0;  // into the changes given
};

// Of equal sequences a delete wins where versions are kept; among equals the later one, though what
// it has not sent stays.
std::vector<Change> settle_ties(std::vector<Event> changes, const HistoryRules& rules) {
  std::vector<std::size_t> order(changes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&changes](std::size_t i) { return order_of(changes[i]); });
  std::vector<Change> settled;
  for (const std::size_t i : order) {
    Event& next = changes[i];
    Event* last = settled.empty() ? nullptr : &settled.back().event;
    if (last == nullptr || last->sequence != next.sequence ||
        (!rules.keeps_versions && last->is_delete != next.is_delete)) {
      settled.push_back({.event = std::move(next), .index = i});
      continue;
    }
    if (last->is_delete && !next.is_delete) continue;
    if (!next.is_delete) overlay(last->cells, next.cells);
    settled.back().index = i;
  }
  return settled;
}

struct Merged {
  Timeline timeline;
  std::vector<std::optional<std::size_t>> news;  // per event: the change that it changed by
};

// A change at the sequence of an event that is known.
Outcome meet(Event& known, Event change) {
  if (known.is_delete) return change.is_delete ? Outcome::Unchanged : Outcome::Deduplicated;
  if (change.is_delete) {
    known = std::move(change);
    return Outcome::Committed;
  }
  std::vector<Cell> values = known.cells;
  overlay(values, change.cells);
  if (has_equal_values(values, known.cells)) return Outcome::Unchanged;
  known.cells = std::move(values);
  known.is_made_up = false;
  return Outcome::Committed;
}

Merged merge(const Timeline& old, std::vector<Change> changes, const HistoryRules& rules,
             std::vector<Outcome>& outcomes) {
  Merged merged{.timeline = {.events = {}, .first_start = old.first_start}, .news = {}};
  std::vector<Event>& events = merged.timeline.events;
  const auto is_same = [&rules](const Event& a, const Event& b) {
    return rules.keeps_versions ? a.sequence == b.sequence : order_of(a) == order_of(b);
  };
  auto known = old.events.begin();
  const auto take_known = [&] {
    events.push_back(*known++);
    merged.news.emplace_back();
  };
  for (Change& change : changes) {
    while (known != old.events.end() && order_of(*known) < order_of(change.event) &&
           !is_same(*known, change.event)) {
      take_known();
    }
    Outcome& outcome = outcomes[change.index];
    if (known != old.events.end() && is_same(*known, change.event)) {
      take_known();
      outcome = meet(events.back(), std::move(change.event));
    } else {
      events.push_back(std::move(change.event));
      merged.news.emplace_back();
      outcome = Outcome::Committed;
    }
    if (outcome == Outcome::Committed) merged.news.back() = change.index;
  }
  while (known != old.events.end()) take_known();
  return merged;
}

// Where a null is a value, what a batch lacks takes the value before it for good.
void carry_over(std::vector<Event>& events) {
  const bool is_complete = std::ranges::all_of(
      events, [](const Event& event) { return std::ranges::all_of(event.cells, &Cell::is_sent); });
  if (is_complete) return;
  std::vector<Cell> values;
  for (Event& event : events) {
    if (event.is_delete) {
      values.clear();
      continue;
    }
    overlay(values, event.cells);
    for (Cell& cell : values) cell.is_sent = true;
    event.cells = values;
  }
}

bool is_equal(const Version& a, const Version& b) {
  return a.start == b.start && a.end == b.end && has_equal_values(a.cells, b.cells);
}

struct Difference {
  std::vector<std::size_t> gone;  // of the old versions
  std::vector<std::size_t> born;  // of the new ones, ascending
};

Difference compare(const std::vector<Version>& before, const std::vector<Version>& after) {
  Difference difference;
  std::vector<bool> is_matched(after.size(), false);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto found = std::ranges::lower_bound(after, before[i].start, {}, &Version::start);
    const auto at = static_cast<std::size_t>(found - after.begin());
    if (found == after.end() || is_matched[at] || !is_equal(before[i], *found)) {
      difference.gone.push_back(i);
    } else {
      is_matched[at] = true;
    }
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (!is_matched[i]) difference.born.push_back(i);
  }
  return difference;
}

bool has_deleted_open_row(const std::vector<Version>& before, const std::vector<Version>& after,
                          const HistoryRules& rules) {
  if (!rules.keeps_versions) return !before.empty() && after.empty();
  const auto open = std::ranges::find_if(before, [](const Version& v) { return !v.end; });
  if (open == before.end()) return false;
  // The version that has taken the place of the open row's last event.
  const auto next = std::ranges::upper_bound(after, own_sequence(*open), {}, &Version::start);
  if (next == after.begin()) return true;
  const Version& heir = *(next - 1);
  return heir.end && (next == after.end() || next->start != *heir.end);
}

// A key's events and what they come to.
struct State {
  const std::vector<Event>& events;
  const Projection& projection;

  bool needs(const std::optional<std::size_t>& event) const {
    return event && projection.uses[*event] == Use::Kept && !events[*event].is_made_up;
  }
};

void compare_kept(const StoredHistory& stored, const State& before, const State& after,
                  const HistoryRules& rules, HistoryEdit& edit) {
  // The stored versions may not show yet what the auxiliary table knows: then all of it is needed.
  const Difference behind = compare(stored.versions, before.projection.versions);
  const bool is_behind = !behind.gone.empty() || !behind.born.empty();
  std::vector<bool> is_held(after.events.size(), false);
  for (std::size_t i = 0; i < stored.kept.size(); ++i) {
    const Event& kept = stored.kept[i];
    const auto now = find(after.events, kept);
    const bool was_needed = is_behind || before.needs(find(before.events, kept));
    const bool is_needed = after.needs(now) || (was_needed && !rules.keeps_tombstones_only());
    const bool stays = now && is_needed && !is_held[*now];
    const bool is_same = stays && has_equal_values(kept.cells, after.events[*now].cells);
    if (stays) is_held[*now] = true;
    if (!is_same) edit.forget.push_back(i);
    if (stays && !is_same) edit.keep.push_back(after.events[*now]);
  }
  for (std::size_t i = 0; i < after.events.size(); ++i) {
    if (after.needs(i) && !is_held[i]) edit.keep.push_back(after.events[i]);
  }
}

}  // namespace

HistoryEdit edit_history(const StoredHistory& stored, std::vector<Event> changes,
                         const HistoryRules& rules) {
  HistoryEdit edit;
  edit.outcomes.assign(changes.size(), Outcome::Deduplicated);
  const Timeline old = restore(stored, rules);
  Merged merged = merge(old, settle_ties(std::move(changes), rules), rules, edit.outcomes);
  std::vector<Event>& events = merged.timeline.events;
  if (!rules.ignore_null_updates) carry_over(events);
  const Projection before = project(old, rules);
  Projection after = project(merged.timeline, rules);

  for (std::size_t i = 0; i < events.size(); ++i) {
    // Behind a delete, or with every value overwritten since.
    if (!merged.news[i] || after.uses[i] != Use::Idle) continue;
    edit.outcomes[*merged.news[i]] = Outcome::Deduplicated;
  }
  compare_kept(stored, {old.events, before}, {events, after}, rules, edit);
  edit.has_deleted = has_deleted_open_row(stored.versions, after.versions, rules);
  Difference difference = compare(stored.versions, after.versions);
  edit.remove = std::move(difference.gone);
  for (const std::size_t i : difference.born) edit.add.push_back(std::move(after.versions[i]));
  // What is kept beyond need waits for a change that writes anyway.
  if (edit.remove.empty() && edit.add.empty() && edit.keep.empty()) edit.forget.clear();
  return edit;
}

}  // namespace inlet::apply
