#include "inlet/apply/history_fixture_test.h"

#include <algorithm>
#include <sstream>

#include "inlet/base/format.h"

namespace inlet::apply {
namespace {

constexpr std::uint64_t kValue = 1;
constexpr std::uint64_t kSequence = 2;

// A hash that tells its text: up to eight characters, all of them in the low half.
RowHash hash_of(std::string_view text) {
  RowHash hash{.low = 0, .high = kValue};
  for (const char letter : text) hash.low = hash.low << 8 | static_cast<unsigned char>(letter);
  return hash;
}

std::string text_of(const RowHash& hash) {
  if (hash == RowHash{}) return "null";
  std::string text;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const auto letter = static_cast<char>(hash.low >> shift & 0xFFU);
    if (letter != 0) text.push_back(letter);
  }
  return text;
}

std::string sequence_bytes(int sequence) {
  return format("{:03}", sequence);
}

std::string sequence_text(const std::string& bytes) {
  return std::to_string(std::stoi(bytes));
}

std::string values_text(const std::vector<Cell>& cells, std::string_view unsent) {
  std::string text;
  for (const Cell& cell : cells) {
    if (cell.hash.high == kSequence) continue;
    if (!text.empty()) text += ' ';
    text += cell.is_sent ? text_of(cell.hash) : std::string(unsent);
  }
  return text;
}

template <class Item>
void erase_at(std::vector<Item>& items, const std::vector<std::size_t>& ascending) {
  for (auto at = ascending.rbegin(); at != ascending.rend(); ++at) {
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(*at));
  }
}

}  // namespace

Event upsert(int sequence, std::string_view values) {
  Event event{.sequence = sequence_bytes(sequence)};
  std::istringstream words{std::string(values)};
  for (std::string word; words >> word;) {
    Cell cell{.is_sent = word != "-"};
    if (cell.is_sent && word != "null") cell.hash = hash_of(word);
    event.cells.push_back(cell);
  }
  event.cells.push_back(
      {.hash = {static_cast<std::uint64_t>(sequence), kSequence}, .is_sent = true});
  return event;
}

Event remove(int sequence) {
  return {.sequence = sequence_bytes(sequence), .is_delete = true};
}

bool is_empty(const HistoryEdit& edit) {
  return edit.add.empty() && edit.remove.empty() && edit.keep.empty() && edit.forget.empty();
}

HistoryRules KeyStore::rules_for(const std::vector<Event>& changes) const {
  HistoryRules rules = rules_;
  for (const Event& change : changes) {
    if (change.is_delete) continue;
    if (rules.is_tracked.empty()) rules.is_tracked.assign(change.cells.size() - 1, true);
    rules.is_tracked.resize(change.cells.size(), false);
    return rules;
  }
  if (!stored_.versions.empty()) {
    if (rules.is_tracked.empty()) {
      rules.is_tracked.assign(stored_.versions.front().cells.size() - 1, true);
    }
    rules.is_tracked.resize(stored_.versions.front().cells.size(), false);
  }
  return rules;
}

void KeyStore::write_kept(const HistoryEdit& edit) {
  erase_at(stored_.kept, edit.forget);
  stored_.kept.insert(stored_.kept.end(), edit.keep.begin(), edit.keep.end());
}

// A table knows no more of a version than its row says.
void KeyStore::write_versions(const HistoryEdit& edit) {
  erase_at(stored_.versions, edit.remove);
  for (Version version : edit.add) {
    version.sequence = sequence_bytes(static_cast<int>(version.cells.back().hash.low));
    for (Cell& cell : version.cells) {
      cell.is_sent = !rules_.ignore_null_updates || cell.hash != RowHash{};
    }
    stored_.versions.push_back(std::move(version));
  }
}

HistoryEdit KeyStore::apply(std::vector<Event> changes) {
  const HistoryRules rules = rules_for(changes);
  HistoryEdit edit = edit_history(stored_, std::move(changes), rules);
  write_kept(edit);
  write_versions(edit);
  return edit;
}

void KeyStore::apply_and_crash(std::vector<Event> changes) {
  const HistoryRules rules = rules_for(changes);
  write_kept(edit_history(stored_, std::move(changes), rules));
}

HistoryEdit KeyStore::apply_to_tail(std::vector<Event> changes) {
  const auto newest = std::ranges::max_element(stored_.versions, {}, &Version::sequence);
  const auto is_later = [&](const Event& event) { return event.sequence > newest->sequence; };
  const bool is_possible =
      rules_.keeps_versions && newest != stored_.versions.end() &&
      std::ranges::count(stored_.versions, newest->sequence, &Version::sequence) == 1 &&
      own_sequence(*newest) == newest->sequence && std::ranges::all_of(changes, is_later) &&
      std::ranges::find(stored_.kept, newest->sequence, &Event::sequence) == stored_.kept.end();
  if (!is_possible) return apply(std::move(changes));

  StoredHistory tail{.versions = {*newest}, .is_tail = true};
  std::vector<std::size_t> kept_places;
  for (std::size_t i = 0; i < stored_.kept.size(); ++i) {
    if (!is_later(stored_.kept[i])) continue;
    tail.kept.push_back(stored_.kept[i]);
    kept_places.push_back(i);
  }
  const HistoryRules rules = rules_for(changes);
  HistoryEdit edit = edit_history(tail, std::move(changes), rules);
  const auto newest_place = static_cast<std::size_t>(newest - stored_.versions.begin());
  for (std::size_t& place : edit.remove) place = newest_place;
  for (std::size_t& place : edit.forget) place = kept_places[place];
  write_kept(edit);
  write_versions(edit);
  return edit;
}

std::vector<std::string> KeyStore::rows() const {
  std::vector<Version> versions = stored_.versions;
  std::ranges::sort(versions, {}, &Version::start);
  std::vector<std::string> rows;
  for (const Version& version : versions) {
    std::string row = values_text(version.cells, "null");
    if (rules_.keeps_versions) {
      row += format(" [{},{})", sequence_text(version.start),
                    version.end ? sequence_text(*version.end) : "");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> KeyStore::kept() const {
  std::vector<Event> events = stored_.kept;
  std::ranges::sort(events, {}, &Event::sequence);
  std::vector<std::string> kept;
  for (const Event& event : events) {
    kept.push_back(sequence_text(event.sequence) + " " +
                   (event.is_delete ? "delete" : values_text(event.cells, "-")));
  }
  return kept;
}

}  // namespace inlet::apply
