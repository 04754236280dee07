// Full sets of rows, with keys that come several times, against a map.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "inlet/apply/applier.h"
#include "inlet/base/format.h"
#include "inlet/data/column_builder.h"
#include "inlet/delta/rolling_writer.h"
#include "testkit/temporary_folder.h"

namespace inlet::apply {
namespace {

struct Row {
  std::int64_t id = 0;
  std::string name;
};

struct Form {
  bool is_partitioned = false;
  bool has_deletion_vectors = true;
  bool keeps_index = true;
};

class SnapshotDiff : public testing::TestWithParam<Form> {
 protected:
  SnapshotDiff() {
    delta::TableSettings settings;
    if (GetParam().is_partitioned) settings.partition_columns = {"part"};
    if (!GetParam().has_deletion_vectors) settings.compatibility = delta::Compatibility::Max;
    table_ = delta::Snapshot::create(delta::make_engine({}, 1), (folder_ / "t").string(), *schema_,
                                     settings)
                 .value();
    // Every batch is a group of its own.
    index_.max_memory_bytes = 1;
    if (GetParam().keeps_index) index_.folder = (folder_ / "index").string();
  }

  Batch batch_of(std::span<const Row> rows) const {
    BatchBuilder batch(schema_);
    for (const Row& row : rows) {
      batch.column(0).append_int64(row.id);
      // Some keys are too long for an entry of the index.
      batch.column(1).append_bytes(key_text(row.id));
      batch.column(2).append_int64(row.id % 3);
      batch.column(3).append_bytes(row.name);
    }
    return batch.finish();
  }
  static std::string key_text(std::int64_t id) {
    return format("{}{}", std::string(id % 2 == 0 ? 30 : 1, 'k'), id);
  }

  Counts apply(std::span<const Row> set, std::size_t batch_size) {
    const auto applier = make_snapshot(*table_, index_, {"key"});
    for (std::size_t first = 0; first < set.size(); first += batch_size) {
      const std::size_t count = std::min(batch_size, set.size() - first);
      EXPECT_TRUE(applier->add(batch_of(set.subspan(first, count))));
    }
    const Prepared prepared = applier->prepare(*table_).value();
    const bool is_change = !prepared.edit.add.empty() || !prepared.edit.delete_rows.empty();
    if (is_change) table_ = delta::commit(*table_, prepared.edit).value();
    applier->clear(*table_);
    return prepared.counts;
  }

  std::vector<Row> rows() const {
    std::vector<Row> rows;
    const std::vector<delta::DataFile> files = table_->files().value();
    for (const delta::DataFile& file : files) {
      EXPECT_TRUE(table_->read(file, {}, [&](const Batch& batch, auto) -> Status {
        const ColumnView id = *ColumnView::find(batch, "id");
        const ColumnView name = *ColumnView::find(batch, "name");
        for (std::size_t row = 0; row < batch.num_rows(); ++row) {
          rows.push_back({id.int64(row), std::string(name.bytes(row))});
        }
        return {};
      }));
    }
    return rows;
  }

  // As another writer's OPTIMIZE leaves it: other files with the same rows.
  void rewrite() {
    delta::Edit edit{.operation = delta::Operation::Optimize};
    delta::RollingWriter writer(*table_);
    const std::vector<Row> all = rows();
    if (all.empty()) return;
    ASSERT_TRUE(writer.write(batch_of(all)));
    edit.add = writer.finish().value();
    const std::vector<delta::DataFile> files = table_->files().value();
    for (const delta::DataFile& file : files) edit.remove.push_back(file.path);
    table_ = delta::commit(*table_, edit).value();
  }

  testkit::TemporaryFolder folder_;
  std::shared_ptr<const Schema> schema_ =
      std::make_shared<const Schema>(Schema{{{"id", {TypeKind::Long}, false},
                                             {"key", {TypeKind::String}, false},
                                             {"part", {TypeKind::Long}, true},
                                             {"name", {TypeKind::String}, true}}});
  index::IndexOptions index_;
  std::optional<delta::Snapshot> table_;
};

TEST_P(SnapshotDiff, LeavesTheLastRowOfEachKey) {
  std::mt19937_64 random(11);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  std::map<std::int64_t, std::string> stored;
  for (int round = 0; round < 15; ++round) {
    std::vector<Row> set;
    std::map<std::int64_t, std::string> expected;
    for (std::uint64_t i = 0, num_rows = below(60); i < num_rows; ++i) {
      const auto id = static_cast<std::int64_t>(below(40));
      const bool is_same = below(3) != 0 && stored.contains(id);
      set.push_back({id, is_same ? stored.at(id) : format("name {}", below(3))});
      expected[id] = set.back().name;
    }
    std::uint64_t num_changed = 0;
    std::uint64_t num_gone = 0;
    for (const auto& [id, name] : expected) {
      const auto found = stored.find(id);
      num_changed += found == stored.end() || found->second != name ? 1 : 0;
    }
    for (const auto& [id, name] : stored) num_gone += expected.contains(id) ? 0 : 1;

    const Counts counts = apply(set, 1 + below(20));
    EXPECT_EQ(counts.num_committed + counts.num_unchanged + counts.num_deduplicated, set.size());
    EXPECT_EQ(counts.num_deduplicated, set.size() - expected.size());
    EXPECT_EQ(counts.num_deleted, num_gone);
    // One that was replaced within the set by what the table held is written, too.
    EXPECT_GE(counts.num_committed, num_changed);
    std::map<std::int64_t, std::string> now;
    for (const Row& row : rows()) EXPECT_TRUE(now.emplace(row.id, row.name).second) << row.id;
    ASSERT_EQ(now, expected) << "round " << round;
    stored = std::move(now);
    if (below(4) == 0) rewrite();
  }
}

TEST_P(SnapshotDiff, AnEqualSetChangesNothing) {
  const std::vector<Row> set = {{1, "a"}, {2, "b"}, {3, "c"}};
  apply(set, 2);
  const std::int64_t version = table_->version();
  EXPECT_EQ(apply(set, 1).num_unchanged, 3U);
  EXPECT_EQ(table_->version(), version);
}

TEST_P(SnapshotDiff, AKeyThatAnotherWriterLeftTwiceIsThereOnce) {
  const std::vector<Row> twice = {{1, "a"}, {1, "b"}, {2, "c"}};
  delta::RollingWriter writer(*table_);
  ASSERT_TRUE(writer.write(batch_of(twice)));
  table_ = delta::commit(*table_, {.add = writer.finish().value()}).value();
  const std::vector<Row> set = {{1, "b"}, {2, "c"}};
  apply(set, 8);
  EXPECT_EQ(rows().size(), 2U);
  apply(set, 8);
  EXPECT_EQ(rows().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Forms, SnapshotDiff,
                         testing::Values(Form{}, Form{.is_partitioned = true},
                                         Form{.has_deletion_vectors = false},
                                         Form{.keeps_index = false}));

}  // namespace
}  // namespace inlet::apply
