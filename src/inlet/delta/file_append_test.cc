#include <random>

#include "inlet/delta/rolling_writer.h"
#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::SizeIs;

// Rows whose texts do not shrink, so that a thousand of them are a row group worth keeping.
class FileAppendTest : public TableFixture {
 protected:
  static constexpr std::int64_t kManyRows = 1500;

  static Schema heavy_schema() {
    Schema schema = people_schema();
    schema.fields.push_back({.name = "notes", .type = Type::list({TypeKind::String})});
    return schema;
  }

  static Batch heavy(std::int64_t first, std::int64_t num_rows) {
    static const auto schema = std::make_shared<const Schema>(heavy_schema());
    std::minstd_rand random(static_cast<unsigned>(first + 1));
    std::uniform_int_distribution<int> digit('!', '~');
    std::string text(4096, ' ');
    BatchBuilder builder(schema);
    for (std::int64_t id = first; id < first + num_rows; ++id) {
      std::ranges::generate(text, [&] { return static_cast<char>(digit(random)); });
      builder.column(0).append_int64(id);
      builder.column(1).append_bytes(text);
      if (id % 5 == 0) {
        builder.column(2).append_null();
        builder.column(3).append_null();
        continue;
      }
      builder.column(2).append_struct();
      builder.column(2).child(0).append_bytes("login");
      builder.column(2).child(1).child(0).append_bytes("tag");
      builder.column(2).child(1).end_list();
      builder.column(3).end_list();
    }
    return builder.finish();
  }

  Snapshot heavy_table() {
    const Snapshot table = make_table(heavy_schema());
    return must_commit(table, {.add = {write_file(table, heavy(0, kManyRows))}});
  }

  static DataFile only_file(const Snapshot& table) {
    const auto files = table.files();
    EXPECT_THAT(*files, SizeIs(1));
    return files->front();
  }

  static bool appends(const Snapshot& table) {
    auto writer = FileWriter::open(table, table.schema());
    EXPECT_TRUE(writer) << writer.error().message;
    const auto appended = writer->append(only_file(table));
    EXPECT_TRUE(appended) << appended.error().message;
    EXPECT_EQ(writer->num_rows(), *appended ? kManyRows : 0);
    return *appended;
  }
};

TEST_F(FileAppendTest, AFileIsTheSameAgain) {
  const Snapshot table = heavy_table();
  const DataFile file = only_file(table);
  auto writer = FileWriter::open(table, table.schema());
  ASSERT_TRUE(writer->append(file).value());
  const StagedFile copy = writer->finish().value();
  EXPECT_EQ(parse_json(copy.stats).value(), parse_json(file.stats).value());
  EXPECT_EQ(copy.num_rows, file.num_rows);
  const Snapshot next =
      must_commit(table, {.operation = Operation::Optimize, .add = {copy}, .remove = {file.path}});
  EXPECT_TRUE(rows(next, {}) == rows(table, {}));
}

TEST_F(FileAppendTest, RowsBeforeAndBehindItKeepTheirOrder) {
  const Snapshot table = heavy_table();
  const DataFile file = only_file(table);
  auto writer = FileWriter::open(table, table.schema());
  ASSERT_TRUE(writer->write(heavy(kManyRows, 3)));
  ASSERT_TRUE(writer->append(file).value());
  ASSERT_TRUE(writer->append(file).value());
  ASSERT_TRUE(writer->write(heavy(-4, 4)));
  const StagedFile staged = writer->finish().value();
  const Snapshot next = must_commit(table, {.add = {staged}, .remove = {file.path}});
  const std::vector<std::string> ids = rows(table, {"id"});
  std::vector<std::string> expected = {R"({"id":1500})", R"({"id":1501})", R"({"id":1502})"};
  for (int copy = 0; copy < 2; ++copy) expected.insert(expected.end(), ids.begin(), ids.end());
  for (int id = -4; id < 0; ++id) expected.push_back(R"({"id":)" + std::to_string(id) + "}");
  EXPECT_EQ(rows(next, {"id"}), expected);
  const Json stats = parse_json(only_file(next).stats).value();
  EXPECT_EQ(stats["numRecords"], 2 * kManyRows + 7);
  EXPECT_EQ(stats["minValues"]["id"], -4);
  EXPECT_EQ(stats["maxValues"]["id"], kManyRows + 2);
  EXPECT_EQ(stats["nullCount"]["user"]["login"], 2 * kManyRows / 5 + 1);
  EXPECT_EQ(stats["nullCount"]["notes"], 2 * kManyRows / 5 + 1);
}

TEST_F(FileAppendTest, ItsRowsAreFoundByTheirPositions) {
  const Snapshot table = heavy_table();
  const DataFile file = only_file(table);
  auto writer = FileWriter::open(table, table.schema());
  ASSERT_TRUE(writer->append(file).value());
  ASSERT_TRUE(writer->append(file).value());
  const StagedFile staged = writer->finish().value();
  const Snapshot next = must_commit(table, {.add = {staged}, .remove = {file.path}});
  const std::vector<std::uint64_t> positions = {1, kManyRows - 1, kManyRows, kManyRows + 700};
  std::vector<std::string> ids;
  ASSERT_TRUE(next.read_rows(only_file(next), {"id"}, positions,
                             [&](Batch batch, std::span<const std::uint64_t>) -> Status {
                               for (std::size_t row = 0; row < batch.num_rows(); ++row)
                                 ids.push_back(row_to_json(batch, row));
                               return {};
                             }));
  EXPECT_THAT(
      ids, testing::ElementsAre(R"({"id":1})", R"({"id":1499})", R"({"id":0})", R"({"id":700})"));
}

// A table of one shelf, which is a column of constants behind the others.
class ShelvedFileTest : public FileAppendTest {
 protected:
  static Batch on_shelf(std::string_view shelf, Batch rows) {
    Schema schema = heavy_schema();
    schema.fields.push_back({.name = "shelf", .type = {TypeKind::String}});
    BatchBuilder builder(std::make_shared<const Schema>(schema));
    for (std::size_t i = 0; i < rows.schema().fields.size(); ++i) {
      builder.column(i).append_rows({rows.schema().fields[i].type, *rows.array().children[i]}, 0,
                                    rows.num_rows());
    }
    for (std::size_t row = 0; row < rows.num_rows(); ++row)
      builder.columns().back().append_bytes(shelf);
    return builder.finish();
  }

  Snapshot shelves() {
    Schema schema = heavy_schema();
    schema.fields.push_back({.name = "shelf", .type = {TypeKind::String}});
    const Snapshot table =
        Snapshot::create(engine_, url(), schema, {.partition_columns = {"shelf"}}).value();
    return must_commit(table, {.add = {write_file(table, on_shelf("a", heavy(0, kManyRows)))}});
  }
};

TEST_F(ShelvedFileTest, AFileOfAPartitionGoesOnInItsOwn) {
  const Snapshot table = shelves();
  const DataFile file = only_file(table);
  auto writer = FileWriter::open(table, table.schema());
  ASSERT_TRUE(writer->append(file).value());
  EXPECT_FALSE(writer->write(on_shelf("b", heavy(kManyRows, 1)))) << "another shelf";
  ASSERT_TRUE(writer->write(on_shelf("a", heavy(kManyRows, 1))));
  const StagedFile staged = writer->finish().value();
  EXPECT_EQ(staged.partition, file.partition);
  EXPECT_EQ(staged.num_rows, kManyRows + 1);
  auto other = FileWriter::open(table, table.schema());
  ASSERT_TRUE(other->write(on_shelf("b", heavy(0, 1))));
  EXPECT_FALSE(other->append(file));
}

TEST_F(ShelvedFileTest, ItJoinsTheRowsOfItsPartition) {
  const Snapshot table = shelves();
  const DataFile file = only_file(table);
  RollingWriter writer(table);
  ASSERT_TRUE(writer.write(on_shelf("a", heavy(kManyRows, 2))));
  ASSERT_TRUE(writer.write(on_shelf("b", heavy(kManyRows + 2, 1))));
  ASSERT_TRUE(writer.append(file).value());
  ASSERT_TRUE(writer.write(on_shelf("a", heavy(kManyRows + 3, 1))));
  const std::vector<StagedFile> staged = writer.finish().value();
  ASSERT_THAT(staged, SizeIs(2));
  const std::vector<std::uint64_t> order = writer.order();
  ASSERT_EQ(order.size(), kManyRows + 4U);
  const Snapshot next = must_commit(table, {.add = staged, .remove = {file.path}});
  std::vector<std::string> given = {R"({"id":1500,"shelf":"a"})", R"({"id":1501,"shelf":"a"})",
                                    R"({"id":1502,"shelf":"b"})"};
  for (const std::string& row : rows(table, {"id", "shelf"})) given.push_back(row);
  given.emplace_back(R"({"id":1503,"shelf":"a"})");
  std::size_t at = 0;
  for (const StagedFile& one : staged) {
    ASSERT_TRUE(next.read(one, [&](const Batch& batch, auto) -> Status {
      for (std::size_t row = 0; row < batch.num_rows(); ++row, ++at) {
        const Json values = parse_json(row_to_json(batch, row)).value();
        EXPECT_EQ(to_text(Json{{"id", values["id"]}, {"shelf", values["shelf"]}}),
                  given[order[at]]);
      }
      return {};
    }));
  }
}

TEST_F(FileAppendTest, AFileOfSmallRowGroupsIsNot) {
  const Snapshot table = make_table(heavy_schema());
  auto writer = FileWriter::open(table, table.schema());
  for (int group = 0; group < 3; ++group) {
    ASSERT_TRUE(writer->write(heavy(group * kManyRows / 3, kManyRows / 3)));
    ASSERT_TRUE(writer->end_row_group());
  }
  EXPECT_FALSE(appends(must_commit(table, {.add = {writer->finish().value()}})));
}

TEST_F(FileAppendTest, AFileWithDeadRowsIsNot) {
  const Snapshot table = heavy_table();
  EXPECT_FALSE(appends(must_commit(
      table, {.operation = Operation::Delete, .delete_rows = {{only_file(table).path, {7}}}})));
}

TEST_F(FileAppendTest, AFileThatLacksAColumnIsNot) {
  const Snapshot table = heavy_table();
  const AddedField added{.field = {.name = "more", .type = {TypeKind::Long}}};
  EXPECT_FALSE(appends(must_commit(table, {.add_columns = {added}})));
}

TEST_F(FileAppendTest, AFileWhoseNullListsNobodyCountedIsNot) {
  const Snapshot table = make_table(heavy_schema());
  StagedFile file = write_file(table, heavy(0, kManyRows));
  file.stats = R"({"numRecords":1500})";
  EXPECT_FALSE(appends(must_commit(table, {.add = {file}})));
}

}  // namespace
}  // namespace inlet::delta
