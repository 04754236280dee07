#include <unistd.h>

#include <filesystem>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class FileWriterTest : public TableFixture {
 protected:
  // Every name below the table's folder but the log's.
  std::vector<std::string> data_names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "table")) {
      if (entry.path().filename() != "_delta_log") names.push_back(entry.path().filename());
    }
    return names;
  }

  static Schema every_type() {
    return Schema{{{"flag", {TypeKind::Boolean}},
                   {"small", {TypeKind::Int}},
                   {"big", {TypeKind::Long}},
                   {"single", {TypeKind::Float}},
                   {"real", {TypeKind::Double}},
                   {"money", Type::decimal(38, 4)},
                   {"text", {TypeKind::String}},
                   {"raw", {TypeKind::Binary}},
                   {"day", {TypeKind::Date}},
                   {"moment", {TypeKind::Timestamp}},
                   {"json", {TypeKind::Json}},
                   {"counts", Type::map({TypeKind::String}, {TypeKind::Long})},
                   {"parts", Type::list(Type::structure({{"n", {TypeKind::Long}}}))}}};
  }

  static Batch row_of_every_type() {
    BatchBuilder builder(std::make_shared<const Schema>(every_type()));
    builder.column(0).append_boolean(true);
    builder.column(1).append_int32(-7);
    builder.column(2).append_int64(9'007'199'254'740'993);
    builder.column(3).append_float32(0.5F);
    builder.column(4).append_float64(-1.25);
    builder.column(5).append_decimal(-123456789);
    builder.column(6).append_bytes("grüße");
    builder.column(7).append_bytes(std::string_view("\x00\xff", 2));
    builder.column(8).append_int32(19'000);
    builder.column(9).append_int64(1'700'000'000'123'456);
    builder.column(10).append_bytes(R"({"a":1.10})");
    builder.column(11).child(0).append_bytes("k");
    builder.column(11).child(1).append_int64(3);
    builder.column(11).end_list();
    builder.column(12).child(0).append_struct();
    builder.column(12).child(0).child(0).append_int64(4);
    builder.column(12).end_list();
    for (std::size_t column = 0; column < every_type().fields.size(); ++column)
      builder.column(column).append_null();
    return builder.finish();
  }
};

TEST_F(FileWriterTest, EveryTypeComesBackAsItWas) {
  const Snapshot table = make_table(every_type());
  const std::string expected = row_to_json(row_of_every_type(), 0);
  const std::string nulls = row_to_json(row_of_every_type(), 1);
  const Snapshot next = must_commit(table, {.add = {write_file(table, row_of_every_type())}});
  EXPECT_EQ(next.schema(), every_type());
  EXPECT_THAT(rows(next, {}), ElementsAre(expected, nulls));
}

TEST_F(FileWriterTest, StatisticsComeFromTheRows) {
  const Snapshot table = make_table(every_type());
  const StagedFile file = write_file(table, row_of_every_type());
  EXPECT_EQ(file.num_rows, 2U);
  const Json stats = parse_json(file.stats).value();
  EXPECT_EQ(stats["numRecords"], 2);
  EXPECT_EQ(stats["nullCount"]["big"], 1);
  EXPECT_EQ(stats["nullCount"]["parts"], 1);
  EXPECT_EQ(stats["minValues"]["big"], 9'007'199'254'740'993);
  EXPECT_EQ(stats["maxValues"]["day"], "2022-01-08");
  EXPECT_EQ(stats["minValues"]["moment"], "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(stats["maxValues"]["moment"], "2023-11-14T22:13:20.124Z");
  EXPECT_THAT(file.stats, HasSubstr(R"("money":-12345.6789)"));
  EXPECT_FALSE(stats["minValues"].contains("raw"));
  EXPECT_FALSE(stats["minValues"].contains("flag"));
  // What the log keeps of them.
  const auto files = must_commit(table, {.add = {file}}).files().value();
  EXPECT_EQ(parse_json(files.front().stats).value()["minValues"]["text"], "grüße");
}

TEST_F(FileWriterTest, ManyBatchesMakeOneFileInTheirOrder) {
  const Snapshot table = make_table(people_schema());
  auto writer = FileWriter::open(table, people_schema()).value();
  for (std::int64_t first = 1; first < 30'000; first += 1'000)
    ASSERT_TRUE(writer.write(people(first, first + 999)));
  EXPECT_EQ(writer.num_rows(), 30'000U);
  EXPECT_GT(writer.buffered_bytes(), 0U);
  EXPECT_GT(writer.file_bytes(), 0U);
  const StagedFile file = writer.finish().value();
  EXPECT_EQ(file.size, std::filesystem::file_size(folder_ / "table" / file.path));
  const auto ids = rows(must_commit(table, {.add = {file}}), {"id"});
  ASSERT_THAT(ids, SizeIs(30'000));
  for (std::size_t row = 0; row < ids.size(); ++row)
    ASSERT_EQ(ids[row], R"({"id":)" + std::to_string(row + 1) + "}");
}

TEST_F(FileWriterTest, ChosenRowsOfABatchAreWritten) {
  const Snapshot table = make_table(people_schema());
  auto writer = FileWriter::open(table, people_schema()).value();
  const Batch batch = people(1, 6);
  const std::vector<std::uint32_t> chosen = {1, 4};
  ASSERT_TRUE(writer.write(batch, chosen));
  EXPECT_EQ(batch.num_rows(), 6U) << "the batch stays the caller's";
  const std::vector<std::uint32_t> past_the_end = {6};
  EXPECT_EQ(writer.write(batch, past_the_end).error().kind, ErrorKind::Bug);
  const Snapshot next = must_commit(table, {.add = {writer.finish().value()}});
  EXPECT_THAT(rows(next, {"id", "name"}),
              ElementsAre(R"({"id":2,"name":"name 2"})", R"({"id":5,"name":"name 5"})"));
}

TEST_F(FileWriterTest, RowsOfSeveralBatchesAreWrittenInTheOrderAsked) {
  const Snapshot table = make_table(people_schema());
  auto writer = FileWriter::open(table, people_schema()).value();
  std::vector<Batch> batches;
  batches.push_back(people(1, 3));
  batches.push_back(people(10, 12));
  const std::vector<RowPlace> order = {{1, 2}, {0, 0}, {1, 0}, {0, 2}};
  ASSERT_TRUE(writer.write(batches, order));
  const Snapshot next = must_commit(table, {.add = {writer.finish().value()}});
  EXPECT_THAT(rows(next, {"id"}),
              ElementsAre(R"({"id":12})", R"({"id":1})", R"({"id":10})", R"({"id":3})"));
}

TEST_F(FileWriterTest, ARowThatNoBatchHasIsRefused) {
  const Snapshot table = make_table(people_schema());
  auto writer = FileWriter::open(table, people_schema()).value();
  std::vector<Batch> batches;
  batches.push_back(people(1, 3));
  const std::vector<RowPlace> order = {{0, 3}};
  EXPECT_EQ(writer.write(batches, order).error().kind, ErrorKind::Bug);
}

TEST_F(FileWriterTest, ARangeOfAStagedFileIsRead) {
  const Snapshot table = make_table(people_schema());
  auto writer = FileWriter::open(table, people_schema()).value();
  for (const std::int64_t first : {0, 10, 20}) {
    ASSERT_TRUE(writer.write(people(first, first + 9)));
    ASSERT_TRUE(writer.end_row_group());
  }
  const StagedFile file = writer.finish().value();
  const auto read = [&](RowRange range) {
    std::vector<std::uint64_t> seen;
    const Status done = table.read(
        file,
        [&](Batch batch, std::span<const std::uint64_t> positions) -> Status {
          const auto ids = ColumnView::find(batch, "id");
          for (std::size_t row = 0; row < batch.num_rows(); ++row) {
            EXPECT_EQ(static_cast<std::uint64_t>(ids->int64(row)), positions[row]);
          }
          seen.insert(seen.end(), positions.begin(), positions.end());
          return {};
        },
        range);
    EXPECT_TRUE(done) << done.error().message;
    return seen;
  };
  EXPECT_THAT(read({}), SizeIs(30));
  EXPECT_THAT(read({.first = 10, .num_rows = 10}),
              testing::Each(testing::AllOf(testing::Ge(10U), testing::Lt(20U))));
  EXPECT_THAT(read({.first = 18, .num_rows = 4}), ElementsAre(18, 19, 20, 21));
  EXPECT_THAT(read({.first = 28, .num_rows = 9}), ElementsAre(28, 29));
  EXPECT_THAT(read({.first = 30, .num_rows = 1}), SizeIs(0));
}

TEST_F(FileWriterTest, NullableColumnsMayBeMissing) {
  const Snapshot table = make_table(people_schema());
  BatchBuilder builder(std::make_shared<const Schema>(Schema{{people_schema().fields[0]}}));
  builder.column(0).append_int64(1);
  const Snapshot next = must_commit(table, {.add = {write_file(table, builder.finish())}});
  EXPECT_THAT(rows(next, {"user", "id"}), ElementsAre(R"({"user":null,"id":1})"));
}

TEST_F(FileWriterTest, ARequiredColumnMayNotBeMissing) {
  const Snapshot table = make_table(people_schema());
  const auto writer = FileWriter::open(table, Schema{{people_schema().fields[1]}});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().kind, ErrorKind::BadRecord);
  EXPECT_THAT(writer.error().message, HasSubstr("id"));
}

TEST_F(FileWriterTest, ANullInARequiredColumnIsRefused) {
  const Snapshot table = make_table(people_schema());
  Schema nullable{{people_schema().fields[0]}};
  nullable.fields[0].is_nullable = true;
  BatchBuilder builder(std::make_shared<const Schema>(nullable));
  builder.column(0).append_int64(1);
  builder.column(0).append_null();
  auto writer = FileWriter::open(table, nullable).value();
  const Status written = writer.write(builder.finish());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::BadRecord);
  EXPECT_THAT(written.error().message, HasSubstr("row 1"));
  EXPECT_THAT(written.error().message, HasSubstr("id"));
}

TEST_F(FileWriterTest, AColumnOfAnotherTypeThanTheTablesIsRefused) {
  const Snapshot table = make_table(people_schema());
  Schema wrong = people_schema();
  wrong.fields[1].type = {TypeKind::Long};
  EXPECT_EQ(FileWriter::open(table, wrong).error().kind, ErrorKind::Bug);
}

TEST_F(FileWriterTest, DroppedUnfinishedItLeavesNothingBehind) {
  const Snapshot table = make_table(people_schema());
  {
    auto writer = FileWriter::open(table, people_schema()).value();
    ASSERT_TRUE(writer.write(people(1, 20'000)));
    EXPECT_THAT(data_names(), SizeIs(1)) << "the rows are on their way to the disk";
  }
  EXPECT_THAT(data_names(), SizeIs(0));
}

TEST_F(FileWriterTest, AFileWithoutRowsIsAFileAllTheSame) {
  const Snapshot table = make_table(people_schema());
  auto writer = FileWriter::open(table, people_schema()).value();
  const StagedFile file = writer.finish().value();
  EXPECT_EQ(file.num_rows, 0U);
}

TEST_F(FileWriterTest, AReadOnlyFolderIsNamedWithItsRemedy) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser may write everywhere";
  const Snapshot table = make_table(people_schema());
  std::filesystem::permissions(
      folder_ / "table", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  auto writer = FileWriter::open(table, people_schema()).value();
  const Status written = writer.write(people(1, 20'000));
  std::filesystem::permissions(folder_ / "table", std::filesystem::perms::owner_all);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Auth);
  EXPECT_THAT(written.error().message, HasSubstr("permission denied"));
  EXPECT_THAT(written.error().message, HasSubstr((folder_ / "table").string()));
}

}  // namespace
}  // namespace inlet::delta
