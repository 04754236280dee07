// Changes that are put aside and applied part by part, against the plain appliers.
#include "inlet/apply/partitioned.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>

#include "inlet/data/batch_json.h"
#include "inlet/data/column_builder.h"
#include "testkit/file_size_limit.h"
#include "testkit/temporary_folder.h"

namespace inlet::apply {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kMaxHeld = 32 << 10;
const KeyedColumns kColumns{.keys = {"id"}, .sequence = {"seq"}};

struct Given {
  std::shared_ptr<const Batch> rows;
  ChangeKind kind = ChangeKind::Upsert;
};

enum class Values { All, WithoutNote, None };

Schema source() {
  return {{{"id", {TypeKind::Long}, false},
           {"seq", {TypeKind::Long}, false},
           {"name", {TypeKind::String}},
           {"note", {TypeKind::String}}}};
}

std::vector<std::string> rows_of(const delta::Snapshot& table) {
  std::vector<std::string> rows;
  const std::vector<delta::DataFile> files = table.files().value();
  for (const delta::DataFile& file : files) {
    const Status read = table.read(file, {}, [&rows](const Batch& batch, auto) {
      for (std::size_t i = 0; i < batch.num_rows(); ++i) rows.push_back(row_to_json(batch, i));
      return Status{};
    });
    EXPECT_TRUE(read);
  }
  std::ranges::sort(rows);
  return rows;
}

/// A table without deletion vectors that an applier keeps.
class KeptTable {
 public:
  KeptTable(bool keeps_versions, std::optional<PartitionedOptions> options)
      : keeps_versions_(keeps_versions),
        options_(std::move(options)),
        table_(delta::Snapshot::create(delta::make_engine({}, 1), (folder_ / "t").string(),
                                       schema(), {.compatibility = delta::Compatibility::Max})
                   .value()),
        applier_(make_applier()) {}

  Applier& applier() { return *applier_; }
  delta::Snapshot& table() { return table_; }

  void add(const std::vector<Given>& changes) {
    for (const Given& change : changes) {
      const Status added = applier_->add(share(change.rows), change.kind);
      ASSERT_TRUE(added) << added.error().message;
      most_held_ = std::max(most_held_, applier_->held_bytes());
    }
  }
  Prepared prepare() {
    auto prepared = applier_->prepare(table_);
    EXPECT_TRUE(prepared) << prepared.error().message;
    return *std::move(prepared);
  }
  void commit(const Prepared& prepared) {
    auto committed = delta::commit(table_, prepared.edit);
    ASSERT_TRUE(committed) << committed.error().message;
    table_ = *std::move(committed);
    applier_->clear(table_);
  }
  Counts apply(const std::vector<Given>& changes) {
    add(changes);
    const Prepared prepared = prepare();
    commit(prepared);
    return prepared.counts;
  }

  std::vector<std::string> rows() const { return rows_of(table_); }
  std::vector<std::string> auxiliary_rows() const {
    const auto auxiliary = delta::Snapshot::open(table_.engine(), table_.url() + "_aux");
    return auxiliary ? rows_of(*auxiliary) : std::vector<std::string>();
  }
  /// After any add() since it was forgotten.
  std::uint64_t most_held() const { return most_held_; }
  void forget_most_held() { most_held_ = 0; }

  bool has_file(const std::string& path) const {
    return std::filesystem::exists(folder_ / "t" / path);
  }
  /// Another process commits first.
  void be_overtaken_by(const std::vector<Given>& changes) {
    const auto other = make_plain();
    for (const Given& change : changes) {
      ASSERT_TRUE(other->add(share(change.rows), change.kind));
    }
    table_ = delta::commit(table_, other->prepare(table_).value().edit).value();
  }

  /// One that another process would make.
  std::unique_ptr<Applier> make_plain() const {
    auto locator = index::make_indexed(
        {.folder = (folder_ / "index").string(), .use = index::IndexUse::Always}, kColumns.keys,
        kColumns.sequence);
    AuxiliaryTable auxiliary(table_, source(), {"id", "seq"});
    if (!keeps_versions_) return make_upsert(std::move(locator), kColumns, std::move(auxiliary));
    return make_history(std::move(locator), kColumns, {}, std::move(auxiliary));
  }

 private:
  Schema schema() const {
    Schema schema = source();
    if (!keeps_versions_) return schema;
    schema.fields.push_back({std::string(kStartAt), {TypeKind::Long}, false});
    schema.fields.push_back({std::string(kEndAt), {TypeKind::Long}, true});
    return schema;
  }
  std::unique_ptr<Applier> make_applier() const {
    if (!options_) return make_plain();
    return make_partitioned(make_plain(), kColumns, table_, *options_);
  }

  const bool keeps_versions_;
  const std::optional<PartitionedOptions> options_;
  testkit::TemporaryFolder folder_;
  delta::Snapshot table_;
  std::unique_ptr<Applier> applier_;
  std::uint64_t most_held_ = 0;
};

class PartitionedApplier : public testing::Test {
 protected:
  std::shared_ptr<const Batch> rows(
      const std::vector<std::pair<std::int64_t, std::int64_t>>& ids_and_sequences, Values values) {
    Schema schema = source();
    if (values != Values::All) schema.fields.pop_back();
    if (values == Values::None) schema.fields.pop_back();
    BatchBuilder builder(std::make_shared<const Schema>(schema));
    for (const auto& [id, sequence] : ids_and_sequences) {
      builder.column(0).append_int64(id);
      builder.column(1).append_int64(sequence);
      for (std::size_t i = 2; i < schema.fields.size(); ++i) {
        builder.column(i).append_bytes("v" + std::to_string(random_() % 100));
      }
    }
    return std::make_shared<const Batch>(builder.finish());
  }

  /// Rows of every id from `first` on, in batches.
  std::vector<Given> range(std::int64_t first, std::int64_t end, std::int64_t sequence) {
    std::vector<Given> batches;
    while (first < end) {
      std::vector<std::pair<std::int64_t, std::int64_t>> some;
      for (; first < end && some.size() < 100; ++first) some.emplace_back(first, sequence);
      batches.push_back({rows(some, Values::All), ChangeKind::Upsert});
    }
    return batches;
  }

  /// Keys come often, sequences tie, deletes and rows without some columns are among them.
  std::vector<Given> random_changes(std::size_t num_batches, std::int64_t num_ids) {
    std::vector<Given> batches;
    for (std::size_t i = 0; i < num_batches; ++i) {
      std::vector<std::pair<std::int64_t, std::int64_t>> some;
      for (int row = 0; row < 60; ++row) {
        some.emplace_back(random_() % static_cast<std::uint64_t>(num_ids), 2 + random_() % 6);
      }
      const auto kind = random_() % 3;
      const Values values = kind == 0   ? Values::None
                            : kind == 1 ? Values::WithoutNote
                                        : Values::All;
      batches.push_back({rows(some, values), kind == 0 ? ChangeKind::Delete : ChangeKind::Upsert});
    }
    return batches;
  }

  /// As many of one id.
  Given same_id(std::int64_t id, int num_rows) {
    std::vector<std::pair<std::int64_t, std::int64_t>> some;
    for (int row = 0; row < num_rows; ++row) some.emplace_back(id, 2);
    return {rows(some, Values::All)};
  }

  void load(KeptTable& one, KeptTable& other) {
    const std::vector<Given> rows = range(0, 1500, 1);
    one.apply(rows);
    other.apply(rows);
    one.forget_most_held();
    other.forget_most_held();
  }

  /// Those of `rows` that `others` lacks; both are sorted.
  static std::vector<std::string> more_in(const std::vector<std::string>& rows,
                                          const std::vector<std::string>& others) {
    std::vector<std::string> more;
    std::ranges::set_difference(rows, others, std::back_inserter(more));
    return more;
  }
  static void expect_same(const KeptTable& one, const KeptTable& other) {
    EXPECT_THAT(more_in(one.rows(), other.rows()), IsEmpty());
    EXPECT_THAT(more_in(other.rows(), one.rows()), IsEmpty());
    EXPECT_EQ(one.auxiliary_rows(), other.auxiliary_rows());
  }

  static void expect_same(const Counts& one, const Counts& other) {
    EXPECT_EQ(one.num_committed, other.num_committed);
    EXPECT_EQ(one.num_unchanged, other.num_unchanged);
    EXPECT_EQ(one.num_deduplicated, other.num_deduplicated);
    EXPECT_EQ(one.num_deleted, other.num_deleted);
  }

  std::mt19937_64 random_{7};
  const PartitionedOptions options_{.max_held_bytes = kMaxHeld};
};

class PartitionedKinds : public PartitionedApplier, public testing::WithParamInterface<bool> {};

TEST_P(PartitionedKinds, GiveTheSameTableAndCountsAsTheAppliersByThemselves) {
  KeptTable plain(GetParam(), std::nullopt);
  KeptTable partitioned(GetParam(), options_);
  load(plain, partitioned);
  for (int round = 0; round < 4; ++round) {
    const std::vector<Given> changes = random_changes(20, 1500);
    const Counts counts = plain.apply(changes);
    expect_same(partitioned.apply(changes), counts);
    expect_same(partitioned, plain);
    EXPECT_EQ(counts.num_committed + counts.num_unchanged + counts.num_deduplicated, 20U * 60U);
  }
  EXPECT_GT(plain.most_held(), 3 * kMaxHeld);
  EXPECT_LE(partitioned.most_held(), kMaxHeld) << "the changes were not put aside";
}

TEST_P(PartitionedKinds, PlanAgainAfterALostRace) {
  KeptTable plain(GetParam(), std::nullopt);
  KeptTable partitioned(GetParam(), options_);
  load(plain, partitioned);
  const std::vector<Given> changes = random_changes(20, 1500);
  const std::vector<Given> faster = random_changes(2, 1500);
  plain.add(changes);
  plain.prepare();
  plain.be_overtaken_by(faster);
  plain.commit(plain.prepare());
  partitioned.add(changes);
  const Prepared late = partitioned.prepare();
  partitioned.be_overtaken_by(faster);
  for (const delta::StagedFile& file : late.edit.add) EXPECT_TRUE(partitioned.has_file(file.path));
  const Prepared again = partitioned.prepare();
  for (const delta::StagedFile& file : late.edit.add) EXPECT_FALSE(partitioned.has_file(file.path));
  partitioned.commit(again);
  expect_same(partitioned, plain);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PartitionedKinds, testing::Bool(),
                         [](const auto& kind) { return kind.param ? "History" : "Upsert"; });

class Partitioned : public PartitionedApplier {
 protected:
  Partitioned() { partitioned_.apply(range(0, 1500, 1)); }

  KeptTable partitioned_{false, options_};
};

TEST_F(Partitioned, RewritesEachFileOnce) {
  partitioned_.forget_most_held();
  partitioned_.add(range(0, 1000, 2));
  EXPECT_LE(partitioned_.most_held(), kMaxHeld);
  const Prepared prepared = partitioned_.prepare();
  ASSERT_THAT(prepared.edit.delete_rows, SizeIs(1));
  EXPECT_THAT(prepared.edit.delete_rows.front().second, SizeIs(1000));
  EXPECT_TRUE(std::ranges::is_sorted(prepared.edit.delete_rows.front().second));
  EXPECT_GT(prepared.edit.add.size(), 2U) << "one part alone";
}

TEST_F(Partitioned, HasNothingToSayAfterACommit) {
  partitioned_.apply(range(0, 1000, 2));
  const Prepared prepared = partitioned_.prepare();
  EXPECT_THAT(prepared.edit.add, IsEmpty());
  EXPECT_THAT(prepared.edit.delete_rows, IsEmpty());
  EXPECT_LT(partitioned_.applier().held_bytes(), kMaxHeld);
}

TEST_F(Partitioned, RowsThatLieInNoFileDoNotWait) {
  partitioned_.forget_most_held();
  partitioned_.add(range(5000, 6000, 2));
  EXPECT_GT(partitioned_.most_held(), kMaxHeld);
}

TEST_F(Partitioned, ACommitIsDueOnceThereAreAsManyChangesAsRowsToRewrite) {
  partitioned_.forget_most_held();
  partitioned_.add(range(0, 1300, 2));
  EXPECT_LE(partitioned_.most_held(), kMaxHeld);
  partitioned_.add(range(0, 1300, 3));
  EXPECT_GT(partitioned_.most_held(), kMaxHeld);
}

TEST_F(Partitioned, ACommitIsDueWhenTheChangesOfAKeyOutgrowMemory) {
  partitioned_.forget_most_held();
  for (int i = 0; i < 12; ++i) partitioned_.add({same_id(1, 100)});
  EXPECT_GT(partitioned_.most_held(), kMaxHeld);
  const Prepared prepared = partitioned_.prepare();
  EXPECT_EQ(prepared.counts.num_committed, 1U);
  EXPECT_EQ(prepared.counts.num_deduplicated, 1199U);
}

TEST_F(Partitioned, OfADeleteOnlyKeysAndSequenceAreHeld) {
  BatchBuilder deletes(std::make_shared<const Schema>(source()));
  // In no file, so that they do not wait elsewhere.
  for (std::int64_t id = 5000; id < 5100; ++id) {
    deletes.column(0).append_int64(id);
    deletes.column(1).append_int64(2);
    deletes.column(2).append_bytes(std::string(1000, 'x'));
    deletes.column(3).append_null();
  }
  partitioned_.add({{std::make_shared<const Batch>(deletes.finish()), ChangeKind::Delete}});
  EXPECT_GT(partitioned_.applier().held_bytes(), 0U);
  EXPECT_LT(partitioned_.applier().held_bytes(), kMaxHeld);
}

class WithoutScratch : public PartitionedApplier {
 protected:
  std::vector<std::string> failures_;

  PartitionedOptions options_in(std::filesystem::path folder) {
    PartitionedOptions options = options_;
    options.scratch_folder = std::move(folder);
    options.on_scratch_failure = [this](const Error& error) { failures_.push_back(error.message); };
    return options;
  }
};

TEST_F(WithoutScratch, ACommitIsDueAndNothingIsLost) {
  KeptTable table(false, options_in("/nowhere"));
  table.apply(range(0, 1500, 1));
  table.forget_most_held();
  table.add(range(0, 1000, 2));
  EXPECT_GT(table.most_held(), kMaxHeld);
  const Prepared prepared = table.prepare();
  EXPECT_EQ(prepared.counts.num_committed, 1000U);
  table.commit(prepared);
  table.apply(range(0, 1000, 3));
  EXPECT_THAT(failures_, testing::ElementsAre(AllOf(HasSubstr("/nowhere"), HasSubstr("TMPDIR"))));
}

TEST_F(WithoutScratch, WhatWasPutAsideBeforeTheDiskWasFullIsCommittedWithTheRest) {
  const testkit::TemporaryFolder scratch;
  KeptTable table(false, options_in(scratch.path()));
  KeptTable plain(false, std::nullopt);
  load(table, plain);
  const std::vector<Given> changes = random_changes(20, 1500);
  table.add({changes.begin(), changes.begin() + 8});
  EXPECT_LE(table.most_held(), kMaxHeld);
  {
    const testkit::FileSizeLimit full(1024);
    table.add({changes.begin() + 8, changes.end()});
  }
  EXPECT_GT(table.most_held(), kMaxHeld);
  EXPECT_THAT(failures_, SizeIs(1));
  const Prepared prepared = table.prepare();
  expect_same(prepared.counts, plain.apply(changes));
  table.commit(prepared);
  expect_same(table, plain);
}

TEST_F(WithoutScratch, TheLastOfThemAreCommittedWhenTheDiskIsFullByThen) {
  KeptTable table(false, options_in({}));
  KeptTable plain(false, std::nullopt);
  load(table, plain);
  const std::vector<Given> changes = random_changes(20, 1500);
  table.add(changes);
  ASSERT_GT(table.applier().held_bytes(), 0U);
  Prepared prepared;
  {
    // Less than is there already, more than a file of the table.
    const testkit::FileSizeLimit full(64 << 10);
    prepared = table.prepare();
  }
  EXPECT_THAT(failures_, SizeIs(1));
  expect_same(prepared.counts, plain.apply(changes));
  table.commit(prepared);
  expect_same(table, plain);
}

}  // namespace
}  // namespace inlet::apply
