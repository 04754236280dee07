// A long random life of a table against a model that keeps every event and works out what the table
// has to show from all of them at once (scd.md): late, equal and repeated events, deletes, new
// columns, crashes, lost races, restarts and compactions. INLET_MODEL_STEPS makes it as long as a
// night.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "inlet/apply/applier.h"
#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/data/batch_json.h"
#include "inlet/decode/decoder.h"
#include "inlet/upkeep/optimize.h"
#include "testkit/temporary_folder.h"

namespace inlet::pipeline {
namespace {

struct Event {
  int id = 0;
  int seq = 0;
  bool is_delete = false;
  std::string name = {};
  std::string extra = {};  // empty: null
};

Json json_of(const Event& event, bool has_extra) {
  Json row = {{"id", event.id}, {"seq", event.seq}, {"name", event.name}};
  if (has_extra) row["extra"] = event.extra.empty() ? Json() : Json(event.extra);
  return row;
}

// Of the events of one key at one sequence: the last upsert and whether there is a delete.
struct Moment {
  std::optional<Event> upsert;
  bool has_delete = false;
};
using Timeline = std::map<int, Moment>;
using Model = std::map<int, Timeline>;

using Rows = std::multiset<std::string>;

// On a tie the upsert wins.
void show_latest(const Timeline& timeline, bool has_extra, Rows& rows) {
  for (auto at = timeline.rbegin(); at != timeline.rend(); ++at) {
    if (at->second.upsert) rows.insert(to_text(json_of(*at->second.upsert, has_extra)));
    return;
  }
}

// On a tie the delete wins; a run of equal values is one version, which shows its last event.
void show_history(const Timeline& timeline, bool has_extra, Rows& rows) {
  std::optional<Json> open;
  const auto tracked = [](const Json& row) {
    return std::pair(row["name"], row.value("extra", Json()));
  };
  const auto close = [&](Json end) {
    (*open)["__END_AT"] = std::move(end);
    rows.insert(to_text(*open));
    open.reset();
  };
  for (const auto& [seq, moment] : timeline) {
    if (moment.has_delete) {
      if (open) close(seq);
      continue;
    }
    Json row = json_of(*moment.upsert, has_extra);
    const bool goes_on = open && tracked(*open) == tracked(row);
    row["__START_AT"] = goes_on ? (*open)["__START_AT"] : Json(seq);
    if (open && !goes_on) close(seq);
    open = std::move(row);
  }
  if (open) close(nullptr);
}

class TableLife {
 public:
  TableLife(bool keeps_versions, std::vector<std::string> partition_columns, std::uint32_t seed)
      : keeps_versions_(keeps_versions), random_(seed) {
    Schema schema = source_schema();
    if (keeps_versions_) {
      schema.fields.push_back({std::string(apply::kStartAt), {TypeKind::Int}, false});
      schema.fields.push_back({std::string(apply::kEndAt), {TypeKind::Int}});
    }
    auto table = delta::Snapshot::create(engine_, (folder_ / "t").string(), schema,
                                         {.partition_columns = std::move(partition_columns)});
    table_.emplace(table.value());
    restart();
  }

  void step() {
    if (!has_extra_ && chance(2)) add_column();
    const std::vector<Event> events = draw();
    if (chance(10)) restart();
    if (chance(10)) {
      // Killed after the auxiliary table's commit and before the table's own.
      add(events);
      ASSERT_TRUE(applier_->prepare(*table_));
      restart();
    }
    add(events);
    for (const Event& event : events) remember(event);
    if (chance(15)) race();
    commit();
    if (chance(25)) optimize();
    compare();
  }

  void travel() {
    for (const auto& [version, rows] : past_) {
      if (!chance(20)) continue;
      auto then = delta::Snapshot::open_at(engine_, table_->url(), version);
      ASSERT_TRUE(then) << then.error().message;
      ASSERT_EQ(difference(read(*then), rows), "") << "version " << version;
    }
  }

 private:
  Schema source_schema() const {
    Schema schema{{{.name = "id", .type = {TypeKind::Int}, .is_nullable = false},
                   {.name = "seq", .type = {TypeKind::Int}, .is_nullable = false},
                   {.name = "name", .type = {TypeKind::String}}}};
    if (has_extra_) schema.fields.push_back({.name = "extra", .type = {TypeKind::String}});
    return schema;
  }

  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void restart() {
    apply::AuxiliaryTable auxiliary(*table_, source_schema(), {"id", "seq"});
    const apply::KeyedColumns columns{{"id"}, {"seq"}};
    applier_.reset();
    applier_ = keeps_versions_
                   ? apply::make_history(make_locator(), columns, {}, std::move(auxiliary))
                   : apply::make_upsert(make_locator(), columns, std::move(auxiliary));
  }

  // In partitions rows are written in another order than they come, which the index is told of.
  std::unique_ptr<index::KeyLocator> make_locator() const {
    if (table_->partition_columns().empty()) return index::make_probe({"id"}, {"seq"});
    const std::string folder = (folder_ / "index").string();
    return index::make_indexed({.folder = folder, .use = index::IndexUse::Always}, {"id"}, {"seq"});
  }

  void add_column() {
    has_extra_ = true;
    const Field extra = source_schema().fields.back();
    table_ = delta::commit(*table_, {.add_columns = {{extra}}}).value();
    restart();
  }

  // Mostly near the front of time, some late, some at a sequence that was there, some repeated.
  std::vector<Event> draw() {
    std::vector<Event> events;
    const std::size_t count = 1 + random_() % 30;
    for (std::size_t i = 0; i < count; ++i) {
      if (!all_.empty() && chance(15)) {
        events.push_back(all_[random_() % all_.size()]);
        if (!has_extra_) events.back().extra.clear();
        continue;
      }
      const int reach = chance(30) ? 40 : 4;
      Event event{.id = static_cast<int>(random_() % 25),
                  .seq = std::max(1, now_ - static_cast<int>(random_() % reach)),
                  .is_delete = chance(25),
                  .name = std::string(1, static_cast<char>('a' + random_() % 3))};
      if (has_extra_ && chance(50)) event.extra = "x";
      events.push_back(event);
      all_.push_back(event);
    }
    now_ += static_cast<int>(random_() % 3);
    return events;
  }

  void remember(const Event& event) {
    Moment& moment = model_[event.id][event.seq];
    if (event.is_delete) {
      moment.has_delete = true;
    } else {
      moment.upsert = event;
    }
  }

  void add(const std::vector<Event>& events) {
    for (const bool is_delete : {false, true}) {
      Json rows = Json::array();
      for (const Event& event : events) {
        if (event.is_delete == is_delete) rows.push_back(json_of(event, has_extra_));
      }
      if (rows.empty()) continue;
      auto decoder = decode::make_decoder(source_schema(), {.has_rescued_column = false}).value();
      auto decoded = decoder->decode({.body = to_text(rows)});
      ASSERT_TRUE(decoded && decoded->bad.empty());
      const auto kind = is_delete ? apply::ChangeKind::Delete : apply::ChangeKind::Upsert;
      const Status added = applier_->add(std::move(decoded->batch), kind);
      ASSERT_TRUE(added) << added.error().message;
    }
  }

  // Another writer is faster: the first plan has to be made again.
  void race() {
    const delta::Snapshot before = *table_;
    ASSERT_TRUE(applier_->prepare(before));
    optimize();
  }

  void commit() {
    auto prepared = applier_->prepare(*table_);
    ASSERT_TRUE(prepared) << prepared.error().message;
    prepared->edit.app_id = "model";
    prepared->edit.app_version = ++version_;
    auto committed = delta::commit(*table_, prepared->edit);
    ASSERT_TRUE(committed) << committed.error().message;
    table_ = *committed;
    applier_->clear(*table_);
    if (delta::commits_since_checkpoint(*table_) >= 20) {
      ASSERT_TRUE(delta::checkpoint(*table_));
    }
  }

  void optimize() {
    upkeep::Policy policy;
    if (chance(50)) policy.order_by = {"seq", "id"};
    auto optimized = upkeep::optimize(SystemClock(), *table_, policy,
                                      chance(30) ? upkeep::Scope::Full : upkeep::Scope::Due);
    ASSERT_TRUE(optimized) << optimized.error().message;
    table_ = optimized->table;
  }

  Rows expected() const {
    Rows rows;
    for (const auto& [id, timeline] : model_) {
      (keeps_versions_ ? show_history : show_latest)(timeline, has_extra_, rows);
    }
    return rows;
  }

  static Rows read(const delta::Snapshot& table) {
    Rows rows;
    const std::vector<delta::DataFile> files = table.files().value();
    for (const delta::DataFile& file : files) {
      const Status read = table.read(file, {}, [&](const Batch& batch, auto) -> Status {
        for (std::size_t row = 0; row < batch.num_rows(); ++row) {
          rows.insert(to_text(parse_json(row_to_json(batch, row)).value()));
        }
        return {};
      });
      EXPECT_TRUE(read) << read.error().message;
    }
    return rows;
  }

  void compare() {
    const Rows rows = expected();
    ASSERT_EQ(difference(read(*table_), rows), "") << "version " << table_->version();
    past_[table_->version()] = rows;
  }

  // The rows that only one has, each behind a sign, and then what is known of their keys.
  std::string difference(const Rows& found, const Rows& wanted) const {
    std::string text;
    std::set<int> ids;
    const auto tell = [&](char sign, const Rows& has, const Rows& lacks) {
      Rows only;
      std::ranges::set_difference(has, lacks, std::inserter(only, only.end()));
      for (const std::string& row : only) {
        text += format("{} {}\n", sign, row);
        ids.insert(parse_json(row).value()["id"].get<int>());
      }
    };
    tell('-', wanted, found);
    tell('+', found, wanted);
    for (const int id : ids) {
      for (const auto& [seq, moment] : model_.at(id)) {
        text += format("id {} seq {}: {} {}\n", id, seq, moment.has_delete ? "delete" : "",
                       moment.upsert ? to_text(json_of(*moment.upsert, has_extra_)) : "");
      }
    }
    return text;
  }

  const bool keeps_versions_;
  std::mt19937 random_;
  testkit::TemporaryFolder folder_;
  std::shared_ptr<delta::Engine> engine_ = delta::make_engine({}, 1);
  std::optional<delta::Snapshot> table_;
  std::unique_ptr<apply::Applier> applier_;
  bool has_extra_ = false;
  std::int64_t version_ = 0;
  int now_ = 10;
  std::vector<Event> all_;
  Model model_;
  std::map<std::int64_t, Rows> past_;
};

void live(bool keeps_versions, const std::vector<std::string>& partition_columns = {}) {
  const char* given = std::getenv("INLET_MODEL_STEPS");
  const int few = partition_columns.empty() ? 60 : 25;  // they write more files
  const int num_steps = given == nullptr ? few : std::atoi(given);
  // A new table now and then, so that a long test meets young tables, too.
  constexpr int kStepsPerTable = 60;
  for (int done = 0; done < num_steps; done += kStepsPerTable) {
    SCOPED_TRACE(format("seed {}", done));
    TableLife life(keeps_versions, partition_columns, static_cast<std::uint32_t>(done));
    for (int step = 0; step < std::min(kStepsPerTable, num_steps - done); ++step) {
      SCOPED_TRACE(format("step {}", step));
      life.step();
      if (testing::Test::HasFatalFailure()) return;
    }
    life.travel();
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Model, AnScdType1TableShowsWhatAllItsEventsSay) {
  ASSERT_NO_FATAL_FAILURE(live(false));
}

TEST(Model, AnScdType2TableShowsWhatAllItsEventsSay) {
  ASSERT_NO_FATAL_FAILURE(live(true));
}

TEST(Model, AnScdType1TableShowsThemInPartitionsThatRowsMoveBetween) {
  ASSERT_NO_FATAL_FAILURE(live(false, {"name"}));
}

TEST(Model, AnScdType2TableShowsThemInPartitionsThatRowsMoveBetween) {
  ASSERT_NO_FATAL_FAILURE(live(true, {"name"}));
}

}  // namespace
}  // namespace inlet::pipeline
