#include "inlet/upkeep/vacuum.h"

#include <filesystem>
#include <fstream>

#include "inlet/delta/table_fixture_test.h"
#include "inlet/upkeep/optimize.h"

namespace inlet::upkeep {
namespace {

using namespace std::chrono_literals;
using delta::Operation;
using delta::Snapshot;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class VacuumTest : public delta::TableFixture {
 protected:
  /// As the clock of the machine, so many hours from now.
  static Timestamp in(std::chrono::hours hours) {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) + hours;
  }

  Vacuumed must_vacuum(const Snapshot& table, Timestamp now, const VacuumRequest& request = {}) {
    auto done = vacuum(table, *store_, now, request);
    EXPECT_TRUE(done) << done.error().message;
    return *std::move(done);
  }

  /// What a table's folder holds beside the log, by path.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    const auto root = folder_ / "table";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const std::string name = std::filesystem::relative(entry.path(), root).string();
      if (entry.is_regular_file() && !name.starts_with("_delta_log/0")) found.push_back(name);
    }
    return found;
  }

  void put(const std::string& name) const {
    const auto path = folder_ / "table" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "x";
  }

  /// Two files, one of them with a dead row, merged into one.
  Snapshot optimized_table() {
    Snapshot table = people_table(10);
    table = must_commit(table, {.add = {write_file(table, people(11, 20))}});
    table = must_commit(table, {.operation = Operation::Delete,
                                .delete_rows = {{table.files().value().front().path, {0}}}});
    return optimize(SystemClock(), table, {}, Scope::Full).value().table;
  }

  std::unique_ptr<store::Store> store_ = store::make_store({});
};

TEST_F(VacuumTest, RemovedFilesStayForTheRetentionAndThenGo) {
  const Snapshot table = optimized_table();
  ASSERT_THAT(names(), SizeIs(4)) << "two files and a vector that were replaced, and the new file";
  EXPECT_THAT(must_vacuum(table, in(167h)).objects, IsEmpty());
  EXPECT_THAT(names(), SizeIs(4));
  const Vacuumed done = must_vacuum(table, in(169h));
  EXPECT_EQ(done.retention, 168h);
  EXPECT_THAT(done.objects, SizeIs(3));
  EXPECT_GT(done.num_bytes, 0U);
  EXPECT_THAT(names(), ElementsAre(table.files().value().front().path));
  EXPECT_THAT(rows(table, {"id"}), SizeIs(19));
}

TEST_F(VacuumTest, TheFilesAndVectorsOfTheTableStayForEver) {
  Snapshot table = people_table(10);
  const std::string path = table.files().value().front().path;
  table = must_commit(table, {.operation = Operation::Delete, .delete_rows = {{path, {0, 1}}}});
  EXPECT_THAT(must_vacuum(table, in(10'000h)).objects, IsEmpty());
  EXPECT_THAT(rows(Snapshot::open(engine_, url()).value(), {"id"}), SizeIs(8));
}

TEST_F(VacuumTest, AnOlderVersionIsReadableWithinTheRetention) {
  const Snapshot table = optimized_table();
  must_vacuum(table, in(100h));
  EXPECT_THAT(rows(Snapshot::open_at(engine_, url(), 1).value(), {"id"}), SizeIs(10));
}

TEST_F(VacuumTest, AFileThatWasRemovedLatelyStaysHoweverOldItIs) {
  Snapshot table = people_table(10);
  const std::string path = table.files().value().front().path;
  const auto long_ago = std::filesystem::file_time_type::clock::now() - 1000h;
  std::filesystem::last_write_time(folder_ / "table" / path, long_ago);
  table = must_commit(table, {.operation = Operation::Delete, .remove = {path}});
  EXPECT_THAT(must_vacuum(table, in(1h)).objects, IsEmpty());
  EXPECT_THAT(must_vacuum(table, in(169h)).objects, SizeIs(1));
}

TEST_F(VacuumTest, WhatIsNotCommittedYetStaysWhileItIsYoung) {
  const Snapshot table = people_table(1);
  const delta::StagedFile staged = write_file(table, people(2, 2));
  EXPECT_THAT(must_vacuum(table, in(1h)).objects, IsEmpty());
  EXPECT_THAT(must_vacuum(table, in(169h)).objects, SizeIs(1));
  EXPECT_THAT(names(), Not(Contains(staged.path)));
}

TEST_F(VacuumTest, WhatKilledWritersLeftGoesAndNothingElse) {
  const Snapshot table = people_table(1);
  for (const char* name :
       {".part-0-1.parquet.tmp", "_delta_log/.00000000000000000009.json.1.tmp", "part-9.parquet#1",
        "day=1/part-2.parquet", ".part-2.parquet.crc", "odd%3Aname.parquet",
        // These stay.
        "_inlet/offsets/a/1.json", "_SUCCESS", ".hidden", "_delta_log/_last_checkpoint"}) {
    put(name);
  }
  put("." + table.files().value().front().path + ".crc");
  EXPECT_THAT(must_vacuum(table, in(169h)).objects, SizeIs(6));
  EXPECT_THAT(names(),
              UnorderedElementsAre("_inlet/offsets/a/1.json", "_SUCCESS", ".hidden",
                                   "_delta_log/_last_checkpoint", EndsWith(".zstd.parquet"),
                                   EndsWith(".zstd.parquet.crc")));
}

TEST_F(VacuumTest, PathsAreDecodedOnce) {
  Snapshot table = people_table(3);
  const delta::DataFile file = table.files().value().front();
  const auto root = folder_ / "table";
  std::filesystem::create_directories(root / "day=a%3Ab c");
  std::filesystem::copy_file(root / file.path, root / "day=a%3Ab c/part-1.parquet");
  Json add = {{"path", "day=a%253Ab%20c/part-1.parquet"},
              {"partitionValues", Json::object()},
              {"size", file.size},
              {"modificationTime", 1},
              {"dataChange", true}};
  std::ofstream(root / "_delta_log/00000000000000000002.json")
      << to_text(Json{{"add", add}}) << "\n";
  table = table.refresh().value();
  EXPECT_THAT(rows(table, {"id"}), SizeIs(6));
  EXPECT_THAT(must_vacuum(table, in(1000h)).objects, IsEmpty());
}

TEST_F(VacuumTest, ADryRunOnlySaysWhatItWouldDelete) {
  const Snapshot table = optimized_table();
  const auto before = names();
  const Vacuumed said = must_vacuum(table, in(169h), {.mode = VacuumRequest::Mode::OnlySay});
  EXPECT_THAT(said.objects, SizeIs(3));
  EXPECT_THAT(names(), testing::UnorderedElementsAreArray(before));
}

TEST_F(VacuumTest, AShorterRetentionThanTheTablesHasToBeForced) {
  const Snapshot table = optimized_table();
  const auto refused = vacuum(table, *store_, in(2h), {.retention = 1h});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_THAT(refused.error().message,
              HasSubstr("a retention of 1 h is shorter than the table's own of 168 h"));
  const Vacuumed done =
      must_vacuum(table, in(2h), {.retention = 1h, .shorter = VacuumRequest::Shorter::Allow});
  EXPECT_THAT(done.objects, SizeIs(3));
}

TEST_F(VacuumTest, ALongerRetentionIsKept) {
  const Snapshot table = optimized_table();
  EXPECT_THAT(must_vacuum(table, in(300h), {.retention = 400h}).objects, IsEmpty());
}

TEST_F(VacuumTest, ATableThatLacksItsOwnFileIsLeftAlone) {
  const Snapshot table = optimized_table();
  const std::string path = table.files().value().front().path;
  std::filesystem::remove(folder_ / "table" / path);
  const auto refused = vacuum(table, *store_, in(169h), {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr(path));
  EXPECT_THAT(names(), SizeIs(3));
}

}  // namespace
}  // namespace inlet::upkeep
