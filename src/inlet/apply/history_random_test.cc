// Any cut and order of the same events gives the same rows: those of a model that looks at all of
// them at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "inlet/apply/history_fixture_test.h"
#include "inlet/base/format.h"

namespace inlet::apply {
namespace {

constexpr int kNumColumns = 2;
constexpr int kNumSequences = 12;

// What happened at one sequence, told by columns: nullopt is not sent.
struct Moment {
  bool has_upsert = false;
  bool has_delete = false;
  std::optional<std::string> sent[kNumColumns];
};
using Moments = std::map<int, Moment>;

struct Change {
  int sequence = 0;
  bool is_delete = false;
  std::optional<std::string> sent[kNumColumns];
};

// What a column says at one time is settled, so that it does not matter which event comes first.
Change random_change(std::mt19937_64& random, const HistoryRules& rules, std::uint64_t world) {
  Change change{.sequence = 1 + static_cast<int>(random() % kNumSequences),
                .is_delete = random() % 5 == 0};
  for (int column = 0; column < kNumColumns; ++column) {
    const std::uint64_t said = (world >> (2 * (change.sequence * kNumColumns + column))) % 4;
    const bool is_null = said == 3 && !rules.ignore_null_updates;
    if (is_null) {
      change.sent[column] = "null";
    } else if (!rules.ignore_null_updates || random() % 2 == 0) {
      change.sent[column] = std::string(1, "ABBC"[said]);
    }
  }
  return change;
}

Event to_event(const Change& change) {
  if (change.is_delete) return remove(change.sequence);
  std::string values;
  for (const auto& sent : change.sent) values += sent.value_or("-") + " ";
  return upsert(change.sequence, values);
}

void note(Moments& moments, const Change& change) {
  Moment& moment = moments[change.sequence];
  (change.is_delete ? moment.has_delete : moment.has_upsert) = true;
  if (change.is_delete) return;
  for (int column = 0; column < kNumColumns; ++column) {
    if (change.sent[column]) moment.sent[column] = change.sent[column];
  }
}

// What the key was at one time: looks back from there, column by column.
std::optional<std::vector<std::string>> values_at(const Moments& moments, int time,
                                                  const HistoryRules& rules) {
  std::vector<std::string> values(kNumColumns, "null");
  bool is_there = false;
  std::set<int> open;
  for (int column = 0; column < kNumColumns; ++column) open.insert(column);
  for (auto at = moments.upper_bound(time); at != moments.begin();) {
    const Moment& moment = (--at)->second;
    if (moment.has_delete && rules.keeps_versions) break;
    if (moment.has_upsert) is_there = true;
    for (int column = 0; column < kNumColumns; ++column) {
      if (moment.sent[column] && open.erase(column) > 0) {
        values[static_cast<std::size_t>(column)] = *moment.sent[column];
      }
    }
    if (moment.has_delete) break;
  }
  if (!is_there) return std::nullopt;
  return values;
}

std::string text_of(const std::vector<std::string>& values) {
  return values[0] + " " + values[1];
}

std::vector<std::string> model_rows(const Moments& moments, const HistoryRules& rules) {
  std::vector<std::string> rows;
  if (!rules.keeps_versions) {
    const auto values = values_at(moments, kNumSequences, rules);
    if (values) rows.push_back(text_of(*values));
    return rows;
  }
  int start = 0;
  std::optional<std::vector<std::string>> open;
  const auto close = [&](const std::string& end) {
    if (open) rows.push_back(format("{} [{},{})", text_of(*open), start, end));
  };
  for (const auto& [time, moment] : moments) {
    const auto values = values_at(moments, time, rules);
    bool is_same = open && values;
    for (std::size_t column = 0; is_same && column < kNumColumns; ++column) {
      is_same = !rules.is_tracked[column] || (*open)[column] == (*values)[column];
    }
    if (!is_same) {
      close(std::to_string(time));
      start = time;
    }
    open = values;
  }
  close("");
  return rows;
}

std::vector<Event> events_of(std::span<const Change> changes) {
  std::vector<Event> events;
  for (const Change& change : changes) events.push_back(to_event(change));
  return events;
}

bool has_committed(const HistoryEdit& edit) {
  return std::ranges::find(edit.outcomes, Outcome::Committed) != edit.outcomes.end();
}

// Cuts `changes` at random and applies the pieces, crashing and repeating now and then.
void run(std::mt19937_64& random, const HistoryRules& rules, std::span<const Change> changes) {
  KeyStore key(rules);
  Moments moments;
  while (!changes.empty()) {
    const std::size_t size = 1 + random() % std::min<std::size_t>(changes.size(), 4);
    const auto batch = changes.first(size);
    if (random() % 4 == 0) {
      // The source gives what was lost again, but not cut the same way.
      const auto longer = changes.first(size + random() % (changes.size() - size + 1));
      key.apply_and_crash(events_of(longer));
      for (std::size_t first = 0; first < longer.size(); first += size) {
        const auto piece = events_of(longer.subspan(first, std::min(size, longer.size() - first)));
        if (random() % 2 == 0) key.apply_and_crash(piece);
        key.apply_to_tail(piece);
      }
      for (const Change& change : longer) note(moments, change);
      changes = changes.subspan(longer.size());
    } else {
      random() % 2 == 0 ? key.apply(events_of(batch)) : key.apply_to_tail(events_of(batch));
      for (const Change& change : batch) note(moments, change);
      changes = changes.subspan(size);
    }
    ASSERT_THAT(key.rows(), testing::ElementsAreArray(model_rows(moments, rules)));
    const HistoryEdit again = key.apply(events_of(batch));
    ASSERT_FALSE(has_committed(again));
    ASSERT_TRUE(is_empty(again));
  }
}

void expect_order_free(const HistoryRules& rules, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (int round = 0; round < 400; ++round) {
    const std::uint64_t world = random();
    std::vector<Change> changes;
    for (std::size_t n = 1 + random() % 14; n > 0; --n) {
      changes.push_back(random_change(random, rules, world));
    }
    for (int order = 0; order < 4; ++order) {
      std::ranges::shuffle(changes, random);
      run(random, rules, changes);
      if (!testing::Test::HasFatalFailure()) continue;
      std::string text;
      for (const Change& change : changes) {
        text +=
            format("{}:{} ", change.sequence,
                   change.is_delete ? "delete"
                                    : change.sent[0].value_or("-") + change.sent[1].value_or("-"));
      }
      FAIL() << "round " << round << ": " << text;
    }
  }
}

TEST(HistoryInAnyOrder, Versions) {
  expect_order_free({.is_tracked = {true, true}}, 1);
}

TEST(HistoryInAnyOrder, VersionsOfSomeColumns) {
  expect_order_free({.is_tracked = {true, false}}, 2);
}

TEST(HistoryInAnyOrder, VersionsWithoutNulls) {
  expect_order_free({.ignore_null_updates = true, .is_tracked = {true, true}}, 3);
}

TEST(HistoryInAnyOrder, VersionsOfSomeColumnsWithoutNulls) {
  expect_order_free({.ignore_null_updates = true, .is_tracked = {false, true}}, 4);
}

TEST(HistoryInAnyOrder, LatestValues) {
  expect_order_free(
      {.keeps_versions = false, .ignore_null_updates = true, .is_tracked = {true, true}}, 5);
}

}  // namespace
}  // namespace inlet::apply
