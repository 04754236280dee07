// Tables that are made without table features, and tables of other writers that have none.
#include <gmock/gmock.h>

#include "inlet/pipeline/run_fixture_test.h"

namespace inlet::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MaxCompatTest : public RunFixture {
 protected:
  static std::string things(std::string_view configuration) {
    return format("  - table: {{source_table: things, table_configuration: {{{}}}}}\n",
                  configuration);
  }
  delta::Snapshot open(const std::string& table) const {
    return delta::Snapshot::open(delta::make_engine({}, 1), (folder_ / table).string()).value();
  }
  void change_things() {
    fake_world().records["things"] = {
        R"({"id":1,"seq":1,"name":"a"})", R"({"id":2,"seq":1,"name":"b"})",
        R"({"id":3,"seq":1,"name":"c"})", R"({"id":"x","seq":1,"name":"d"})"};
  }
  void change_things_again() {
    auto& records = fake_world().records["things"];
    records.insert(records.end(),
                   {R"({"id":2,"seq":2,"name":"B"})", R"({"id":3,"seq":2,"name":"gone"})"});
  }
};

TEST_F(MaxCompatTest, UpsertsAndDeletesRewriteFiles) {
  const std::string objects = things("max_compat: true, apply_as_deletes: \"name = 'gone'\"");
  change_things();
  ASSERT_FALSE(run_one(objects).error);
  change_things_again();
  const TableReport report = run_one(objects);
  ASSERT_FALSE(report.error) << report.error->message;
  EXPECT_EQ(report.deleted, 1U);
  EXPECT_THAT(rows("things"), ElementsAre(R"("B")", R"("a")"));
  for (const char* table : {"things", "things_aux", "things_quarantine"}) {
    EXPECT_FALSE(open(table).has_deletion_vectors()) << table;
  }
}

TEST_F(MaxCompatTest, HistoryRewritesFiles) {
  const std::string objects = things("max_compat: true, scd_type: SCD_TYPE_2");
  change_things();
  ASSERT_FALSE(run_one(objects).error);
  change_things_again();
  ASSERT_FALSE(run_one(objects).error);
  EXPECT_THAT(texts("things", {"name", "__END_AT"}),
              ElementsAre(R"({"name":"B","__END_AT":null})", R"({"name":"a","__END_AT":null})",
                          R"({"name":"b","__END_AT":2})", R"({"name":"c","__END_AT":2})",
                          R"({"name":"gone","__END_AT":null})"));
  EXPECT_FALSE(open("things").has_deletion_vectors());
}

TEST_F(MaxCompatTest, ATableOfAnotherWriterStaysWithoutDeletionVectors) {
  const Schema schema{{{"id", {TypeKind::Long}, false},
                       {"seq", {TypeKind::Long}, false},
                       {"name", {TypeKind::String}}}};
  ASSERT_TRUE(delta::Snapshot::open_or_create(delta::make_engine({}, 1),
                                              (folder_ / "things").string(), schema,
                                              {.compatibility = delta::Compatibility::Max}));
  change_things();
  ASSERT_FALSE(run_one(things("")).error);
  change_things_again();
  ASSERT_FALSE(run_one(things("")).error);
  EXPECT_THAT(rows("things"), ElementsAre(R"("B")", R"("a")", R"("gone")"));
  EXPECT_FALSE(open("things").has_deletion_vectors());
}

// Changes that outgrow memory: each commit would write the whole table again.
class LargeChange : public MaxCompatTest {
 protected:
  static constexpr int kNumRows = 4000;
  static constexpr int kNumChanged = 3000;
  /// The changes take more than twice the part of this that they may take.
  const RunOptions options_{.max_memory_bytes = 1 << 20};

  void SetUp() override {
    MaxCompatTest::SetUp();
    fake_world().page_size = 200;
    add_changes(kNumRows, 1);
    const TableReport report = run_one(objects_, options_);
    ASSERT_FALSE(report.error) << report.error->message;
    add_changes(kNumChanged, 2);
  }

  /// Of every id below `num_ids`, in an order that is not theirs.
  static void add_changes(int num_ids, int sequence) {
    for (int i = 0; i < num_ids; ++i) {
      const int id = static_cast<int>(i * 7919L % num_ids);
      fake_world().records["things"].push_back(
          format(R"({{"id":{},"seq":{},"name":"{} of {}"}})", id, sequence, sequence, id));
    }
  }
  void expect_changed(const std::string& table) const {
    std::vector<std::string> expected;
    for (int id = 0; id < kNumRows; ++id) {
      expected.push_back(format("\"{} of {}\"", id < kNumChanged ? 2 : 1, id));
    }
    std::ranges::sort(expected);
    EXPECT_EQ(rows(table), expected);
  }

  const std::string objects_ = things("max_compat: true, upkeep: 'off'");
};

TEST_F(LargeChange, IsOneCommitThatWritesEachRowOnce) {
  const TableReport report = run_one(objects_, options_);
  ASSERT_FALSE(report.error) << report.error->message;
  EXPECT_EQ(report.commits, 1U);
  EXPECT_EQ(report.committed, std::uint64_t{kNumChanged});
  EXPECT_EQ(report.version_after, report.version_before + 1);
  const auto commits = delta::history(open("things"), 1).value();
  EXPECT_EQ(commits.front().metrics["numOutputRows"], std::to_string(kNumRows));
  expect_changed("things");
}

TEST_F(LargeChange, IsCommittedInPortionsWhereTheUserSaysSo) {
  RunOptions options = options_;
  options.commit_rows = 1000;
  const TableReport report = run_one(objects_, options);
  EXPECT_EQ(report.commits, 3U);
  expect_changed("things");
}

TEST_F(LargeChange, ThatIsInterruptedComesAgainAndIsComplete) {
  observer_.crash_at = Step::BeforeCommit;
  observer_.crash_after = 1;
  EXPECT_TRUE(run_one(objects_, options_).error);
  observer_.crash_at = {};
  const TableReport report = run_one(objects_, options_);
  EXPECT_EQ(report.committed, std::uint64_t{kNumChanged});
  expect_changed("things");
}

TEST_F(MaxCompatTest, IsRefusedForATableWithDeletionVectors) {
  change_things();
  ASSERT_FALSE(run_one(things("")).error);
  const TableReport report = run_one(things("max_compat: true"));
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::Config);
  EXPECT_THAT(report.error->message, HasSubstr("max_compat"));
}

}  // namespace
}  // namespace inlet::pipeline
