#include <filesystem>

#include "inlet/data/row_key.h"
#include "inlet/index/random_table_test.h"

namespace inlet::index {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class ProbeTest : public RandomTable {};

TEST_F(ProbeTest, EveryKindOfKeyIsFoundAsAFullReadFindsIt) {
  std::mt19937_64 random(7);
  delta::Snapshot table = make_table(every_type());
  for (const std::int64_t start : {0, 30, 60, 200}) {
    table = add_file(table, random_rows(random, 60, 25, start));
  }
  table = kill_some(table, random, 5);
  for (const auto& key : every_key()) {
    const auto probe = make_probe(key, {"at"}, 2);
    for (int i = 0; i < 4; ++i) expect_right(*probe, table, key, {"at"}, random, 3);
  }
}

TEST_F(ProbeTest, KeysOfPartitionColumnsAreFoundInTheLog) {
  std::mt19937_64 random(8);
  for (const auto& columns : every_division()) {
    SCOPED_TRACE("partition columns " + testing::PrintToString(columns));
    delta::Snapshot table = make_divided(columns, columns.front() + "-divided");
    for (const std::int64_t start : {0, 4}) {
      table = add_file(table, random_rows(random, 40, 6, start));
    }
    table = kill_some(table, random, 5);
    for (const std::vector<std::string>& key : {columns, {"id"}, {"id", columns.back()}}) {
      const auto probe = make_probe(key, {"at"}, 2);
      for (int i = 0; i < 3; ++i) expect_right(*probe, table, key, {"at"}, random);
    }
  }
}

TEST_F(ProbeTest, FilesOfOtherPartitionsAreNotRead) {
  delta::Snapshot table = make_divided({"day"}, "days");
  const auto row_of = [](std::int32_t day) {
    BatchBuilder builder(std::make_shared<const Schema>(every_type()));
    for (std::size_t i = 0; i < builder.columns().size(); ++i) {
      i == 5 ? builder.column(i).append_int32(day) : builder.column(i).append_null();
    }
    return builder.finish();
  };
  table = add_file(table, row_of(1));
  std::filesystem::remove(folder_ / "days" / table.files().value().front().path);
  table = add_file(table, row_of(2));
  const auto key_of = [&](std::int32_t day) {
    std::string bytes;
    RowKey::make(row_of(day), {"day"}).value().append_to(bytes, 0);
    return bytes;
  };
  const auto probe = make_probe({"day"}, {});
  const std::string there = key_of(2), gone = key_of(1);
  const std::string_view kept_file[] = {there};
  EXPECT_THAT(probe->locate(table, table.files().value(), kept_file).value(), SizeIs(1));
  const std::string_view lost_file[] = {gone};
  EXPECT_FALSE(probe->locate(table, table.files().value(), lost_file));
}

TEST_F(ProbeTest, FilesWhoseStatisticsRuleTheKeysOutAreNotRead) {
  delta::Snapshot table = make_table(people_schema());
  table = add_file(table, people(1, 10));
  const std::string path = table.files().value().front().path;
  table = add_file(table, people(11, 20));
  std::filesystem::remove(folder_ / "table" / path);
  const auto probe = make_probe({"id"}, {});
  const std::string there = long_key(15), gone = long_key(5);
  const std::string_view second_file[] = {there};
  const auto located = probe->locate(table, table.files().value(), second_file);
  ASSERT_TRUE(located) << located.error().message;
  EXPECT_THAT(*located, SizeIs(1));
  const std::string_view first_file[] = {gone};
  EXPECT_FALSE(probe->locate(table, table.files().value(), first_file))
      << "this key can only be in the file that is gone";
}

TEST_F(ProbeTest, EveryLiveRowOfAKeyIsGiven) {
  delta::Snapshot table = make_table(people_schema());
  table = add_file(table, people(1, 3));
  table = add_file(table, people(3, 5));
  const std::string key = long_key(3);
  const std::string_view keys[] = {key};
  const auto located = make_probe({"id"}, {})->locate(table, table.files().value(), keys).value();
  ASSERT_THAT(located, SizeIs(2));
  EXPECT_NE(located[0].file, located[1].file);
}

TEST_F(ProbeTest, AColumnThatIsNotThereIsAnError) {
  const delta::Snapshot table = people_table(3);
  const std::string key = long_key(3);
  const std::string_view keys[] = {key};
  const auto located = make_probe({"nope"}, {})->locate(table, table.files().value(), keys);
  ASSERT_FALSE(located);
  EXPECT_EQ(located.error().kind, ErrorKind::Config);
  EXPECT_THAT(located.error().message, HasSubstr("nope"));
}

TEST_F(ProbeTest, NoKeysNeedNoTable) {
  const delta::Snapshot table = people_table(3);
  EXPECT_THAT(make_probe({"id"}, {})->locate(table, table.files().value(), {}).value(), SizeIs(0));
}

}  // namespace
}  // namespace inlet::index
