#include <filesystem>
#include <fstream>
#include <set>

#include "inlet/delta/objects.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

class PartitionTest : public TableFixture {
 protected:
  static Schema event_schema() {
    return Schema{
        {{"id", {TypeKind::Long}, false}, {"kind", {TypeKind::String}}, {"day", {TypeKind::Date}}}};
  }

  Snapshot make_events(TableSettings settings = {.partition_columns = {"kind", "day"}}) {
    auto table = Snapshot::create(engine_, url(), event_schema(), settings);
    EXPECT_TRUE(table) << table.error().message;
    return *std::move(table);
  }

  struct Event {
    std::int64_t id = 0;
    std::optional<std::string> kind = {};
    std::optional<std::int32_t> day = {};
  };
  static Batch events(const std::vector<Event>& rows) {
    static const auto schema = std::make_shared<const Schema>(event_schema());
    BatchBuilder builder(schema);
    for (const Event& row : rows) {
      builder.column(0).append_int64(row.id);
      row.kind ? builder.column(1).append_bytes(*row.kind) : builder.column(1).append_null();
      row.day ? builder.column(2).append_int32(*row.day) : builder.column(2).append_null();
    }
    return builder.finish();
  }

  static std::vector<StagedFile> write_all(RollingWriter& writer, std::vector<Batch> batches) {
    for (Batch& batch : batches) {
      const Status written = writer.write(std::move(batch));
      EXPECT_TRUE(written) << written.error().message;
    }
    auto files = writer.finish();
    EXPECT_TRUE(files) << files.error().message;
    return *std::move(files);
  }

  static std::vector<std::string> partitions_of(const std::vector<StagedFile>& files) {
    std::vector<std::string> partitions;
    for (const StagedFile& file : files) partitions.push_back(file.partition);
    return partitions;
  }

  std::string log_of(int version) const {
    std::ifstream file(
        folder_ / ("table/_delta_log/0000000000000000000" + std::to_string(version) + ".json"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(PartitionTest, RowsAreReadBackWithTheValuesThatTheirFilesLeaveOut) {
  const Snapshot table = make_events();
  EXPECT_THAT(table.partition_columns(), ElementsAre("kind", "day"));
  RollingWriter writer(table);
  std::vector<Batch> batches;
  batches.push_back(events({{1, "push", 19'000}, {2, "pull", 19'000}, {3, "push", 19'000}}));
  batches.push_back(events({{4, {}, {}}, {5, "push", 19'001}, {6, "pull", 19'000}}));
  const std::vector<StagedFile> files = write_all(writer, std::move(batches));
  EXPECT_THAT(partitions_of(files), UnorderedElementsAre(R"({"day":"2022-01-08","kind":"push"})",
                                                         R"({"day":"2022-01-08","kind":"pull"})",
                                                         R"({"day":null,"kind":null})",
                                                         R"({"day":"2022-01-09","kind":"push"})"));
  for (const StagedFile& file : files) EXPECT_THAT(file.stats, testing::Not(HasSubstr("kind")));
  const Snapshot next = must_commit(table, {.add = files});
  EXPECT_THAT(rows(next, {}), UnorderedElementsAre(R"({"id":1,"kind":"push","day":"2022-01-08"})",
                                                   R"({"id":2,"kind":"pull","day":"2022-01-08"})",
                                                   R"({"id":3,"kind":"push","day":"2022-01-08"})",
                                                   R"({"id":4,"kind":null,"day":null})",
                                                   R"({"id":5,"kind":"push","day":"2022-01-09"})",
                                                   R"({"id":6,"kind":"pull","day":"2022-01-08"})"));
  EXPECT_THAT(rows(next, {"kind"}), SizeIs(6)) << "no column of the file is asked for";
  EXPECT_THAT(log_of(1), HasSubstr(R"("partitionValues":{"day":"2022-01-09","kind":"push"})"));
  EXPECT_THAT(log_of(1), HasSubstr("\"path\":\"kind=push/day=2022-01-09/part-"));
  EXPECT_THAT(log_of(1), HasSubstr("kind=__HIVE_DEFAULT_PARTITION__/day=__HIVE_DEFAULT_PARTITION"));
}

TEST_F(PartitionTest, AFreshSnapshotListsThePartitions) {
  const Snapshot table = make_events();
  RollingWriter writer(table);
  std::vector<Batch> batches;
  batches.push_back(events({{1, "a\"b", 0}, {2, {}, 0}}));
  must_commit(table, {.add = write_all(writer, std::move(batches))});
  const Snapshot again = Snapshot::open(engine_, url()).value();
  EXPECT_THAT(again.partition_columns(), ElementsAre("kind", "day"));
  std::vector<std::string> partitions;
  const std::vector<DataFile> listed = again.files().value();
  for (const DataFile& file : listed) partitions.push_back(file.partition);
  EXPECT_THAT(partitions, UnorderedElementsAre(R"({"day":"1970-01-01","kind":"a\"b"})",
                                               R"({"day":"1970-01-01","kind":null})"));
}

TEST_F(PartitionTest, ValuesMayHaveAnyCharacters) {
  const Snapshot table = make_events();
  const std::vector<std::string> kinds = {"a/b",
                                          "..",
                                          "100%",
                                          "a b",
                                          "ü€",
                                          "x=y",
                                          "q?#&+",
                                          "\\|^",
                                          "{}[]",
                                          "'\"`",
                                          "new\nline",
                                          "%2F",
                                          "a:b",
                                          std::string(400, 'x'),
                                          "__HIVE_DEFAULT_PARTITION__"};
  std::vector<Event> all;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    all.push_back({static_cast<std::int64_t>(i), kinds[i], 1});
  RollingWriter writer(table);
  std::vector<Batch> batches;
  batches.push_back(events(all));
  must_commit(table, {.add = write_all(writer, std::move(batches))});
  const Snapshot next = Snapshot::open(engine_, url()).value();
  std::set<std::string> seen;
  const std::vector<DataFile> files = next.files().value();
  for (const DataFile& file : files) {
    const Status read = next.read(file, {"kind"}, [&](const Batch& batch, auto) -> Status {
      seen.emplace(ColumnView::find(batch, "kind")->bytes(0));
      return {};
    });
    EXPECT_TRUE(read) << read.error().message;
  }
  EXPECT_EQ(seen, std::set<std::string>(kinds.begin(), kinds.end()));
}

TEST_F(PartitionTest, EveryTypeThatCanDivideATableIsReadBack) {
  const Schema schema{{{"id", {TypeKind::Long}},
                       {"flag", {TypeKind::Boolean}},
                       {"small", {TypeKind::Int}},
                       {"big", {TypeKind::Long}},
                       {"single", {TypeKind::Float}},
                       {"real", {TypeKind::Double}},
                       {"money", Type::decimal(38, 4)},
                       {"day", {TypeKind::Date}},
                       {"moment", {TypeKind::Timestamp}}}};
  std::vector<std::string> columns;
  for (std::size_t i = 1; i < schema.fields.size(); ++i) columns.push_back(schema.fields[i].name);
  Snapshot table = Snapshot::create(engine_, url(), schema, {.partition_columns = columns}).value();
  BatchBuilder builder(std::make_shared<const Schema>(schema));
  builder.column(0).append_int64(1);
  builder.column(1).append_boolean(true);
  builder.column(2).append_int32(-7);
  builder.column(3).append_int64(9'007'199'254'740'993);
  builder.column(4).append_float32(0.5F);
  builder.column(5).append_float64(-1e20);
  builder.column(6).append_decimal(-123456789);
  builder.column(7).append_int32(-1);
  builder.column(8).append_int64(1'700'000'000'123'456);
  const StagedFile file = write_file(table, builder.finish());
  EXPECT_THAT(file.partition,
              testing::AllOf(HasSubstr(R"("flag":"true")"), HasSubstr(R"("small":"-7")"),
                             HasSubstr(R"("big":"9007199254740993")"),
                             HasSubstr(R"("money":"-12345.6789")"), HasSubstr(R"("single":"0.5")"),
                             HasSubstr(R"("real":"-1.0E20")"), HasSubstr(R"("day":"1969-12-31")"),
                             HasSubstr(R"("moment":"2023-11-14T22:13:20.123456Z")")));
  table = must_commit(table, {.add = {file}});
  EXPECT_THAT(rows(table, columns),
              ElementsAre(R"({"flag":true,"small":-7,"big":9007199254740993,"single":0.5,)"
                          R"("real":-1e+20,"money":-12345.6789,"day":"1969-12-31",)"
                          R"("moment":"2023-11-14T22:13:20.123456Z"})"));
}

TEST_F(PartitionTest, ManyPartitionsAreWrittenOneAfterTheOtherInBoundedMemory) {
  const Snapshot table = make_events({.partition_columns = {"kind"}});
  constexpr std::uint64_t kHeld = 64 << 10;
  RollingWriter writer(table, kTargetFileBytes, kHeld);
  std::vector<std::int64_t> written;
  std::uint64_t most_buffered = 0;
  for (std::int64_t first = 0; first < 4'000; first += 200) {
    std::vector<Event> some;
    for (std::int64_t id = first; id < first + 200; ++id) {
      some.push_back({id, "kind " + std::to_string(id * 7 % 60), 1});
      written.push_back(id);
    }
    ASSERT_TRUE(writer.write(events(some)));
    most_buffered = std::max(most_buffered, writer.buffered_bytes());
  }
  EXPECT_EQ(writer.num_rows(), 4'000U);
  const std::vector<StagedFile> files = writer.finish().value();
  EXPECT_EQ(writer.num_rows(), 0U);
  // What is held, and of each of the few open files some rows.
  EXPECT_LT(most_buffered, 3 * kHeld);
  const std::vector<std::string> partitions = partitions_of(files);
  EXPECT_EQ(std::set<std::string>(partitions.begin(), partitions.end()).size(), 60U);
  EXPECT_GT(files.size(), 60U) << "they were all held";

  const std::vector<std::uint64_t> order = writer.order();
  ASSERT_EQ(order.size(), written.size());
  const Snapshot next = must_commit(table, {.add = files});
  std::size_t at = 0;
  for (const StagedFile& file : files) {
    const Status read = next.read(file, [&](const Batch& batch, auto) -> Status {
      const ColumnView id = *ColumnView::find(batch, "id");
      for (std::size_t row = 0; row < batch.num_rows(); ++row, ++at)
        EXPECT_EQ(id.int64(row), written[order[at]]);
      return {};
    });
    ASSERT_TRUE(read) << read.error().message;
  }
  EXPECT_EQ(at, written.size());
}

TEST_F(PartitionTest, FewPartitionsKeepTheirFilesUntilTheEnd) {
  const Snapshot table = make_events({.partition_columns = {"kind"}});
  RollingWriter writer(table, kTargetFileBytes, 1);
  std::vector<Batch> batches;
  for (std::int64_t id = 0; id < 30; ++id)
    batches.push_back(events({{id, id % 2 == 0 ? "even" : "odd", 1}}));
  const std::vector<StagedFile> files = write_all(writer, std::move(batches));
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_EQ(files[0].num_rows, 15U);
  EXPECT_EQ(files[1].num_rows, 15U);
}

TEST_F(PartitionTest, ChosenRowsGoToTheirPartitions) {
  const Snapshot table = make_events({.partition_columns = {"kind"}});
  RollingWriter writer(table);
  const std::vector<std::uint32_t> chosen = {0, 2};
  ASSERT_TRUE(writer.write(events({{1, "a", 1}, {2, "a", 1}, {3, "b", 1}}), chosen));
  std::vector<Batch> two;
  two.push_back(events({{4, "a", 1}, {5, "b", 1}}));
  two.push_back(events({{6, "b", 1}}));
  const std::vector<RowPlace> places = {{1, 0}, {0, 0}};
  ASSERT_TRUE(writer.write(two, places));
  const Snapshot next = must_commit(table, {.add = writer.finish().value()});
  EXPECT_THAT(writer.order(), UnorderedElementsAre(0, 3, 1, 2));
  EXPECT_THAT(rows(next, {"id", "kind"}),
              UnorderedElementsAre(R"({"id":1,"kind":"a"})", R"({"id":3,"kind":"b"})",
                                   R"({"id":4,"kind":"a"})", R"({"id":6,"kind":"b"})"));
}

TEST_F(PartitionTest, AFileTakesTheRowsOfOnePartitionOnly) {
  const Snapshot table = make_events({.partition_columns = {"kind"}});
  FileWriter writer = FileWriter::open(table, event_schema()).value();
  const Status mixed = writer.write(events({{1, "a", 1}, {2, "b", 1}}));
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().kind, ErrorKind::Bug);
  EXPECT_THAT(mixed.error().message, HasSubstr("kind"));
  FileWriter other = FileWriter::open(table, event_schema()).value();
  ASSERT_TRUE(other.write(events({{1, "a", 1}})));
  EXPECT_FALSE(other.write(events({{2, "b", 1}})));
}

TEST_F(PartitionTest, AnEmptyTextIsNullAndRefusedWhereNullIs) {
  const Snapshot table = make_events({.partition_columns = {"kind"}});
  const StagedFile file = write_file(table, events({{1, "", 1}}));
  EXPECT_EQ(file.partition, R"({"kind":null})");
  const Schema strict{{{"id", {TypeKind::Long}}, {"kind", {TypeKind::String}, false}}};
  const Snapshot other = Snapshot::create(engine_, (folder_ / "strict").string(), strict,
                                          {.partition_columns = {"kind"}})
                             .value();
  BatchBuilder builder(std::make_shared<const Schema>(strict));
  builder.column(0).append_int64(1);
  builder.column(1).append_bytes("");
  FileWriter writer = FileWriter::open(other, strict).value();
  const Status written = writer.write(builder.finish());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::BadRecord);
  EXPECT_THAT(written.error().message, HasSubstr("kind"));
}

TEST_F(PartitionTest, RowsDieWhereTheyAreWithDeletionVectorsAndWithout) {
  for (const Compatibility compatibility : {Compatibility::Usual, Compatibility::Max}) {
    const std::string place = compatibility == Compatibility::Max ? "max" : "usual";
    Snapshot table =
        Snapshot::create(engine_, (folder_ / place).string(), event_schema(),
                         {.compatibility = compatibility, .partition_columns = {"kind", "day"}})
            .value();
    RollingWriter writer(table);
    std::vector<Batch> batches;
    batches.push_back(events({{1, "a", 1}, {2, "a", 1}, {3, "b", 1}, {4, "b", 1}, {5, {}, {}}}));
    table = must_commit(table, {.add = write_all(writer, std::move(batches))});
    Edit edit{.operation = Operation::Delete};
    const std::vector<DataFile> files = table.files().value();
    for (const DataFile& file : files) edit.delete_rows.emplace_back(file.path, std::vector{0UL});
    table = must_commit(table, edit);
    EXPECT_THAT(rows(table, {}), UnorderedElementsAre(R"({"id":2,"kind":"a","day":"1970-01-02"})",
                                                      R"({"id":4,"kind":"b","day":"1970-01-02"})"));
    EXPECT_THAT(table.files().value(), SizeIs(2));
  }
}

TEST_F(PartitionTest, AVectorMayBeForAPartitionThatMayNotBeNull) {
  const Schema strict{{{"id", {TypeKind::Long}}, {"kind", {TypeKind::String}, false}}};
  Snapshot table =
      Snapshot::create(engine_, url(), strict, {.partition_columns = {"kind"}}).value();
  BatchBuilder builder(std::make_shared<const Schema>(strict));
  for (std::int64_t id = 0; id < 3; ++id) {
    builder.column(0).append_int64(id);
    builder.column(1).append_bytes("a");
  }
  const StagedFile file = write_file(table, builder.finish());
  table = must_commit(table, {.add = {file}});
  table = must_commit(table, {.operation = Operation::Delete, .delete_rows = {{file.path, {1}}}});
  EXPECT_THAT(rows(table, {}), SizeIs(2));
}

TEST_F(PartitionTest, ACheckpointKeepsThePartitionValues) {
  Snapshot table = make_events();
  RollingWriter writer(table);
  std::vector<Batch> batches;
  batches.push_back(events({{1, "a/b", 19'000}, {2, {}, {}}}));
  table = must_commit(table, {.add = write_all(writer, std::move(batches))});
  const std::vector<std::string> before = rows(table, {});
  ASSERT_TRUE(checkpoint(table));
  std::filesystem::remove(folder_ / "table/_delta_log/00000000000000000000.json");
  std::filesystem::remove(folder_ / "table/_delta_log/00000000000000000001.json");
  const Snapshot again = Snapshot::open(engine_, url()).value();
  EXPECT_THAT(again.partition_columns(), ElementsAre("kind", "day"));
  EXPECT_THAT(rows(again, {}), UnorderedElementsAreArray(before));
}

TEST_F(PartitionTest, AColumnThatIsAddedComesWithThePartitionsOfItsRows) {
  Snapshot table = make_events({.partition_columns = {"kind"}});
  table = must_commit(table, {.add = {write_file(table, events({{1, "a", 1}}))}});
  const Field note{.name = "note", .type = {TypeKind::String}};
  table = must_commit(table, {.add_columns = {{note}}});
  BatchBuilder builder(std::make_shared<const Schema>(table.schema()));
  builder.column(0).append_int64(2);
  builder.column(1).append_bytes("b");
  builder.column(2).append_null();
  builder.column(3).append_bytes("new");
  table = must_commit(table, {.add = {write_file(table, builder.finish())}});
  EXPECT_THAT(rows(table, {"id", "kind", "note"}),
              UnorderedElementsAre(R"({"id":1,"kind":"a","note":null})",
                                   R"({"id":2,"kind":"b","note":"new"})"));
}

TEST_F(PartitionTest, StagedFilesThatAreGivenUpAreDeletedFromTheirFolders) {
  const Snapshot table = make_events();
  const StagedFile file = write_file(table, events({{1, "a/b c", 1}}));
  const auto num_files = [&] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "table")) {
      count += entry.path().extension() == ".parquet" ? 1U : 0U;
    }
    return count;
  };
  EXPECT_EQ(num_files(), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "table/kind=a%2Fb c/day=1970-01-02"));
  const std::vector<StagedFile> files = {file};
  discard(table, files);
  EXPECT_EQ(num_files(), 0U);
}

}  // namespace
}  // namespace inlet::delta
