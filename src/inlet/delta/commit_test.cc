#include <filesystem>
#include <thread>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class CommitTest : public TableFixture {};

TEST_F(CommitTest, RowsThatWereAddedAreReadBack) {
  const Snapshot table = people_table(3);
  EXPECT_EQ(table.version(), 1);
  EXPECT_THAT(
      rows(table, {}),
      ElementsAre(R"({"id":1,"name":"name 1","user":{"login":"login-1","tags":["t0"]}})",
                  R"({"id":2,"name":"name 2","user":{"login":"login-2","tags":["t0","t1"]}})",
                  R"({"id":3,"name":"name 3","user":{"login":"login-3","tags":[]}})"));
}

TEST_F(CommitTest, AFreshSnapshotSeesTheSameTable) {
  const Snapshot table = people_table(3);
  const auto again = Snapshot::open(engine_, url());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->version(), 1);
  EXPECT_EQ(again->table_id(), table.table_id());
  EXPECT_EQ(again->schema(), people_schema());
  EXPECT_EQ(again->property("delta.enableDeletionVectors"), "true");
  EXPECT_EQ(again->property("no.such"), std::nullopt);
  const auto old = Snapshot::open_at(engine_, url(), 0);
  ASSERT_TRUE(old) << old.error().message;
  EXPECT_THAT(rows(*old, {}), SizeIs(0));
}

TEST_F(CommitTest, ATransactionIdAndItsMetadataComeWithTheRows) {
  const Snapshot table = make_table(people_schema());
  const Snapshot next = must_commit(table, {.add = {write_file(table, people(1, 2))},
                                            .app_id = "inlet/github/issues",
                                            .app_version = 7,
                                            .user_metadata = R"({"offset":{"cursor":"a"}})"});
  EXPECT_EQ(next.transaction_version("inlet/github/issues").value(), 7);
  EXPECT_EQ(next.transaction_version("another").value(), std::nullopt);
  const auto lines = history(next, 10);
  ASSERT_TRUE(lines) << lines.error().message;
  ASSERT_THAT(*lines, SizeIs(2));
  EXPECT_EQ((*lines)[0].user_metadata, R"({"offset":{"cursor":"a"}})");
  EXPECT_EQ((*lines)[0].operation, "WRITE");
  EXPECT_GT((*lines)[0].timestamp_ms, 1'600'000'000'000);
  EXPECT_EQ((*lines)[1].operation, "CREATE TABLE");
}

TEST_F(CommitTest, ATransactionVersionThatIsNotAboveTheStoredOneIsRefused) {
  const Snapshot table = make_table(people_schema());
  const Snapshot next = must_commit(table, {.app_id = "a", .app_version = 5});
  const auto again = commit(next, {.app_id = "a", .app_version = 5});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Bug);
  EXPECT_THAT(again.error().message, HasSubstr("5"));
}

TEST_F(CommitTest, TheLoserOfARaceGetsAConflictAndCanCommitTheSameEditOnTheNewVersion) {
  const Snapshot base = people_table(2);
  const Edit mine = {.add = {write_file(base, people(3, 4))}, .app_id = "mine", .app_version = 1};
  must_commit(base,
              {.add = {write_file(base, people(5, 5))}, .app_id = "theirs", .app_version = 1});
  const auto lost = commit(base, mine);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ErrorKind::Conflict);
  const auto newer = base.refresh();
  ASSERT_TRUE(newer) << newer.error().message;
  EXPECT_EQ(newer->transaction_version("mine").value(), std::nullopt);
  EXPECT_THAT(rows(must_commit(*newer, mine), {"id"}), SizeIs(5));
}

TEST_F(CommitTest, OfThreadsThatRaceForOneVersionExactlyOneWins) {
  const Snapshot base = people_table(2);
  constexpr int kNumWriters = 4;
  std::vector<Edit> edits;
  for (int writer = 0; writer < kNumWriters; ++writer) {
    edits.push_back(
        {.add = {write_file(base, people(writer, writer))}, .app_id = "same", .app_version = 1});
  }
  std::vector<std::optional<Result<Snapshot>>> outcomes(kNumWriters);
  {
    std::vector<std::jthread> threads;
    for (std::size_t writer = 0; writer < kNumWriters; ++writer) {
      threads.emplace_back([&, writer] { outcomes[writer] = commit(base, edits[writer]); });
    }
  }
  int num_won = 0;
  for (const auto& outcome : outcomes) {
    if (outcome->has_value()) {
      ++num_won;
    } else {
      EXPECT_EQ(outcome->error().kind, ErrorKind::Conflict) << outcome->error().message;
    }
  }
  EXPECT_EQ(num_won, 1);
  EXPECT_THAT(rows(base.refresh().value(), {"id"}), SizeIs(3));
}

TEST_F(CommitTest, ColumnsThatAreAddedComeWithTheirFirstRows) {
  const Snapshot table = people_table(1);
  Schema wide = table.schema();
  const Field added = {.name = "score", .type = Type::decimal(10, 2)};
  wide.fields.push_back(added);
  BatchBuilder builder(std::make_shared<const Schema>(wide));
  builder.column(0).append_int64(2);
  builder.column(1).append_null();
  builder.column(2).append_null();
  builder.column(3).append_decimal(1234);
  const Snapshot next =
      must_commit(table, {.add = {write_file(table, builder.finish())}, .add_columns = {{added}}});
  EXPECT_EQ(next.schema(), wide);
  EXPECT_THAT(
      rows(next, {"id", "score"}),
      testing::UnorderedElementsAre(R"({"id":1,"score":null})", R"({"id":2,"score":12.34})"));
}

TEST_F(CommitTest, MembersThatAreAddedAtAnyDepthAreNullInOlderFiles) {
  const auto item = [](std::vector<Field> more) {
    std::vector<Field> fields = {{.name = "sku", .type = {TypeKind::String}}};
    fields.insert(fields.end(), more.begin(), more.end());
    return Type::structure(fields);
  };
  const auto schema_with = [&item](const std::vector<Field>& more) {
    return Schema{{{"one", item(more)},
                   {"list", Type::list(item(more))},
                   {"map", Type::map({TypeKind::String}, item(more))}}};
  };
  const Field price = {.name = "price", .type = {TypeKind::Long}};
  const auto items = [](const Schema& schema) {
    BatchBuilder builder(std::make_shared<const Schema>(schema));
    const auto append = [](ColumnBuilder& to) {
      to.child(0).append_bytes("a");
      if (to.children().size() > 1) to.child(1).append_int64(7);
      to.append_struct();
    };
    append(builder.column(0));
    append(builder.column(1).child(0));
    builder.column(1).end_list();
    builder.column(2).child(0).append_bytes("k");
    append(builder.column(2).child(1));
    builder.column(2).end_list();
    return builder.finish();
  };
  Snapshot table = make_table(schema_with({}));
  table = must_commit(table, {.add = {write_file(table, items(schema_with({})))}});
  table = must_commit(table, {.add_columns = fields_lacking(schema_with({price}), table.schema())});
  EXPECT_EQ(table.schema(), schema_with({price}));
  table = must_commit(table, {.add = {write_file(table, items(schema_with({price})))}});
  const std::string old_row =
      R"({"one":{"sku":"a","price":null},"list":[{"sku":"a","price":null}],)"
      R"("map":{"k":{"sku":"a","price":null}}})";
  const std::string new_row = R"({"one":{"sku":"a","price":7},"list":[{"sku":"a","price":7}],)"
                              R"("map":{"k":{"sku":"a","price":7}}})";
  EXPECT_THAT(rows(table, {}), testing::UnorderedElementsAre(old_row, new_row));
  std::vector<std::string> chosen;
  const auto files = table.files().value();
  for (const DataFile& file : files) {
    const std::vector<std::uint64_t> first = {0};
    const Status read = table.read_rows(file, {}, first, [&](const Batch& batch, auto) -> Status {
      chosen.push_back(row_to_json(batch, 0));
      return {};
    });
    EXPECT_TRUE(read) << read.error().message;
  }
  EXPECT_THAT(chosen, testing::UnorderedElementsAre(old_row, new_row));
}

TEST_F(CommitTest, AnOptimizeReplacesFilesWithoutChangingRows) {
  Snapshot table = people_table(2);
  table = must_commit(table, {.add = {write_file(table, people(3, 4))}});
  const auto files = table.files().value();
  std::vector<std::string> old;
  for (const DataFile& file : files) old.push_back(file.path);
  table = must_commit(
      table,
      {.operation = Operation::Optimize, .add = {write_file(table, people(1, 4))}, .remove = old});
  EXPECT_THAT(table.files().value(), SizeIs(1));
  EXPECT_THAT(rows(table, {"id"}),
              ElementsAre(R"({"id":1})", R"({"id":2})", R"({"id":3})", R"({"id":4})"));
}

TEST_F(CommitTest, ACheckpointIsFollowedByACountFromZero) {
  Snapshot table = people_table(1);
  EXPECT_EQ(commits_since_checkpoint(table), 1U);
  ASSERT_TRUE(checkpoint(table));
  const auto again = checkpoint(table);
  ASSERT_TRUE(again) << "a second time is harmless";
  EXPECT_EQ(again->version(), table.version());
  EXPECT_EQ(commits_since_checkpoint(*again), 0U);
  EXPECT_TRUE(std::filesystem::exists(folder_ /
                                      "table/_delta_log/00000000000000000001.checkpoint.parquet"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "table/_delta_log/00000000000000000001.crc"));
  table = Snapshot::open(engine_, url()).value();
  EXPECT_EQ(commits_since_checkpoint(table), 0U);
  table = must_commit(table, {.add = {write_file(table, people(2, 2))}});
  EXPECT_EQ(commits_since_checkpoint(table), 1U);
  EXPECT_THAT(rows(table, {"id"}), SizeIs(2));
}

TEST_F(CommitTest, HistoryEndsWhereLogCleanUpHasRemovedTheOlderCommits) {
  Snapshot table = people_table(1);
  table = must_commit(table, {.app_id = "a", .app_version = 1});
  ASSERT_TRUE(checkpoint(table));
  std::filesystem::remove(folder_ / "table/_delta_log/00000000000000000000.json");
  std::filesystem::remove(folder_ / "table/_delta_log/00000000000000000001.json");
  EXPECT_THAT(history(table, 10).value(), SizeIs(1));
  EXPECT_THAT(history(table, 0).value(), SizeIs(0));
}

}  // namespace
}  // namespace inlet::delta
