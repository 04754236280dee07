#include "inlet/apply/history.h"

#include <algorithm>
#include <tuple>

namespace inlet::apply {
namespace {

bool is_same_version(const std::vector<Cell>& a, const std::vector<Cell>& b,
                     const HistoryRules& rules) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (rules.is_tracked[i] && a[i].hash != b[i].hash) return false;
  }
  return true;
}

// Values go on from one event to the next until a delete.
Projection project_versions(const Timeline& timeline, const HistoryRules& rules) {
  Projection projection{.versions = {}, .uses = std::vector(timeline.events.size(), Use::Shown)};
  std::vector<Version>& versions = projection.versions;
  std::vector<Cell> values;
  std::optional<std::size_t> last;  // event of the version that is open
  for (std::size_t i = 0; i < timeline.events.size(); ++i) {
    const Event& event = timeline.events[i];
    if (event.is_delete) {
      if (last) {
        versions.back().end = event.sequence;
      } else {
        projection.uses[i] = Use::Kept;
      }
      last.reset();
      values.clear();
      continue;
    }
    overlay(values, event.cells);
    if (last && is_same_version(versions.back().cells, values, rules)) {
      projection.uses[*last] = Use::Kept;
    } else {
      if (last) versions.back().end = event.sequence;
      const bool is_cut_off = i == 0 && timeline.first_start;
      versions.push_back(
          {.sequence = {}, .start = is_cut_off ? *timeline.first_start : event.sequence});
    }
    versions.back().sequence = event.sequence;
    versions.back().cells = values;
    if (!has_equal_values(values, event.cells)) projection.uses[i] = Use::Kept;
    last = i;
  }
  return projection;
}

// What came before the latest delete means nothing; the delete has to be kept to say so, unless
// whole rows came after it.
Projection project_latest(const Timeline& timeline, const HistoryRules& rules) {
  const std::vector<Event>& events = timeline.events;
  Projection projection{.versions = {}, .uses = std::vector(events.size(), Use::Idle)};
  std::size_t first = events.size();
  while (first > 0 && !events[first - 1].is_delete) --first;
  const bool is_told = rules.keeps_tombstones_only() && first < events.size();
  if (first > 0 && !is_told) projection.uses[first - 1] = Use::Kept;
  if (first == events.size()) return projection;

  const Event& last = events.back();
  Version& version = projection.versions.emplace_back();
  version.sequence = last.sequence;
  for (std::size_t i = first; i < events.size(); ++i) overlay(version.cells, events[i].cells);
  projection.uses.back() = Use::Shown;
  if (has_equal_values(version.cells, last.cells)) return projection;
  projection.uses.back() = Use::Kept;
  for (std::size_t cell = 0; cell < version.cells.size(); ++cell) {
    std::size_t writer = events.size();
    while (writer > first && !events[writer - 1].cells[cell].is_sent) --writer;
    if (writer > first) projection.uses[writer - 1] = Use::Kept;
  }
  return projection;
}

// Of events that are the same change, the one that comes first in `events` stays. With versions a
// delete takes the place of an upsert (scd.md: the delete wins); without, both stand, the delete
// first.
void sort_events(std::vector<Event>& events, const HistoryRules& rules) {
  std::ranges::stable_sort(events, {}, [](const Event& event) {
    return std::pair<std::string_view, bool>(event.sequence, !event.is_delete);
  });
  const auto is_beaten = [&rules](const Event& event, const Event& next) {
    return event.sequence == next.sequence &&
           (rules.keeps_versions || event.is_delete == next.is_delete);
  };
  const auto rest = std::ranges::unique(events, is_beaten);
  events.erase(rest.begin(), rest.end());
}

}  // namespace

void overlay(std::vector<Cell>& cells, const std::vector<Cell>& newer) {
  cells.resize(newer.size());
  for (std::size_t i = 0; i < newer.size(); ++i) {
    if (newer[i].is_sent) cells[i] = newer[i];
  }
}

bool has_equal_values(const std::vector<Cell>& a, const std::vector<Cell>& b) {
  return std::ranges::equal(a, b, {}, &Cell::hash, &Cell::hash);
}

Projection project(const Timeline& timeline, const HistoryRules& rules) {
  return rules.keeps_versions ? project_versions(timeline, rules) : project_latest(timeline, rules);
}

const std::string& own_sequence(const Version& version) {
  const bool is_inside =
      version.sequence >= version.start && (!version.end || version.sequence < *version.end);
  return is_inside ? version.sequence : version.start;
}

Timeline restore(const StoredHistory& stored, const HistoryRules& rules) {
  Timeline timeline{.events = stored.kept};
  std::vector<Event>& events = timeline.events;
  if (!rules.keeps_versions) {
    for (const Version& version : stored.versions) {
      events.push_back({.sequence = version.sequence, .cells = version.cells});
    }
    sort_events(events, rules);
    return timeline;
  }
  std::vector<const Version*> versions;
  for (const Version& version : stored.versions) versions.push_back(&version);
  std::ranges::sort(versions, {}, &Version::start);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const Version& version = *versions[i];
    const std::string& own = own_sequence(version);
    events.push_back(
        {.sequence = own, .cells = version.cells, .is_made_up = own != version.sequence});
    if (stored.is_tail) {
      timeline.first_start = version.start;
    } else {
      // In case that the first event of the run, which is kept, was lost.
      events.push_back({.sequence = version.start, .cells = version.cells, .is_made_up = true});
    }
    if (!version.end) continue;
    const bool is_end_shown = i + 1 < versions.size() && versions[i + 1]->start == *version.end;
    if (!is_end_shown) events.push_back({.sequence = *version.end, .is_delete = true});
  }
  sort_events(events, rules);
  return timeline;
}

}  // namespace inlet::apply
