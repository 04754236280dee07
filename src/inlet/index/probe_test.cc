#include <filesystem>

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
