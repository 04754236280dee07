// Tables that the spec divides by partition columns, in each way in which rows reach a table.
#include <gmock/gmock.h>

#include <set>

#include "inlet/pipeline/run_fixture_test.h"

namespace inlet::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string record(int id, int seq, std::string_view name) {
  return format(R"({{"id":{},"seq":{},"name":"{}"}})", id, seq, name);
}

class PartitionColumns : public RunFixture {
 protected:
  static std::string object(std::string_view table, std::string_view more = "") {
    return format(
        "  - table: {{source_table: {}, table_configuration: {{partition_columns: name{}}}}}\n",
        table, more);
  }
  std::vector<std::string>& records(const std::string& of) { return fake_world().records[of]; }
  delta::Snapshot open(const std::string& table) const {
    return delta::Snapshot::open(delta::make_engine({}, 1), (folder_ / table).string()).value();
  }
  std::set<std::string> partitions(const std::string& table) const {
    std::set<std::string> found;
    const std::vector<delta::DataFile> files = open(table).files().value();
    for (const delta::DataFile& file : files) found.insert(file.partition);
    return found;
  }
  Error complaint(const std::string& objects) {
    const auto report = run(objects);
    const std::optional<Error> error = report ? report->tables.front().error : report.error();
    EXPECT_TRUE(error);
    return error.value_or(Error{});
  }
};

TEST_F(PartitionColumns, AreThoseOfTheTableAndOfNoneBesideIt) {
  records("both") = {record(1, 1, "a"), record(2, 1, "b"), R"({"id":"x","seq":1})"};
  records("both deletes") = {R"({"id":7,"seq":2})"};
  ASSERT_FALSE(run_one(object("both")).error);
  EXPECT_THAT(open("both").partition_columns(), ElementsAre("name"));
  EXPECT_THAT(open("both_aux").partition_columns(), IsEmpty());
  EXPECT_THAT(open("both_quarantine").partition_columns(), IsEmpty());
  EXPECT_THAT(partitions("both"), ElementsAre(R"({"name":"a"})", R"({"name":"b"})"));
}

TEST_F(PartitionColumns, ADeleteFlowTakesRowsOutOfAnyPartition) {
  records("both") = {record(1, 1, "a"), record(2, 1, "b"), record(3, 1, "b")};
  run_one(object("both"));
  records("both").push_back(record(2, 2, "a"));
  records("both deletes") = {R"({"id":1,"seq":2})"};
  const TableReport report = run_one(object("both"));
  ASSERT_FALSE(report.error) << report.error->message;
  EXPECT_EQ(report.deleted, 1U);
  EXPECT_THAT(texts("both", {"id", "name"}),
              ElementsAre(R"({"id":2,"name":"a"})", R"({"id":3,"name":"b"})"));
}

TEST_F(PartitionColumns, ASnapshotReplacesMovesAndDeletesRows) {
  for (const std::string_view more : {"", ", max_compat: true"}) {
    const std::string objects = object("set", more);
    records("set") = {record(1, 1, "a"), record(2, 1, "b"), record(3, 1, "c")};
    ASSERT_FALSE(run_one(objects).error);
    // The later of two rows with one key wins, in another partition.
    records("set") = {record(1, 1, "a"), record(2, 1, "x"), record(4, 1, "b"), record(2, 1, "c")};
    const TableReport report = run_one(objects);
    ASSERT_FALSE(report.error) << report.error->message;
    EXPECT_EQ(report.unchanged, 1U);
    EXPECT_EQ(report.deleted, 1U);
    EXPECT_THAT(
        texts("set", {"id", "name"}),
        ElementsAre(R"({"id":1,"name":"a"})", R"({"id":2,"name":"c"})", R"({"id":4,"name":"b"})"));
    std::filesystem::remove_all(folder_ / "set");
  }
}

TEST_F(PartitionColumns, ASnapshotThatKeepsVersionsClosesThemInTheirPartitions) {
  const std::string objects = object("set", ", scd_type: SCD_TYPE_2");
  records("set") = {record(1, 1, "a"), record(2, 1, "b")};
  run_one(objects);
  records("set") = {record(1, 1, "b")};
  ASSERT_FALSE(run_one(objects).error);
  EXPECT_THAT(texts("set", {"id", "name", "__START_AT", "__END_AT"}),
              ElementsAre(R"({"id":1,"name":"a","__START_AT":1,"__END_AT":2})",
                          R"({"id":1,"name":"b","__START_AT":2,"__END_AT":null})",
                          R"({"id":2,"name":"b","__START_AT":1,"__END_AT":2})"));
}

TEST_F(PartitionColumns, AnEmptyTextIsNullFromTheStart) {
  const std::string objects = object("things", ", scd_type: SCD_TYPE_2");
  records("things") = {record(1, 1, "")};
  run_one(objects);
  records("things").push_back(record(1, 2, ""));
  ASSERT_FALSE(run_one(objects).error);
  EXPECT_THAT(texts("things", {"name", "__START_AT"}),
              ElementsAre(R"({"name":null,"__START_AT":1})"))
      << "one version";
}

TEST_F(PartitionColumns, OfATableAreNotAskedForAgain) {
  records("events") = {record(1, 1, "a")};
  run_one(object("events"));
  records("events").push_back(record(2, 2, "b"));
  ASSERT_FALSE(run_one("  - table: {source_table: events}\n").error);
  EXPECT_THAT(partitions("events"), ElementsAre(R"({"name":"a"})", R"({"name":"b"})"));
}

TEST_F(PartitionColumns, OtherOnesThanTheTablesAreAnError) {
  records("events") = {record(1, 1, "a")};
  run_one("  - table: {source_table: events}\n");
  const Error error = complaint(object("events"));
  EXPECT_EQ(error.kind, ErrorKind::Config);
  EXPECT_THAT(error.message,
              testing::AllOf(HasSubstr("has none"), HasSubstr("leave the option out"),
                             HasSubstr("p.yaml:")));
}

}  // namespace
}  // namespace inlet::pipeline
