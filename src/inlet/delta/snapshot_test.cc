#include <atomic>
#include <filesystem>
#include <thread>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::delta {
namespace {

using testing::HasSubstr;

class SnapshotTest : public TableFixture {};

TEST_F(SnapshotTest, AFolderThatIsMissingOrEmptyHoldsNoTable) {
  EXPECT_EQ(Snapshot::open(engine_, url()).error().kind, ErrorKind::NotFound);
  std::filesystem::create_directories(folder_ / "table/_delta_log");
  const auto empty = Snapshot::open(engine_, url());
  EXPECT_EQ(empty.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(empty.error().message, HasSubstr("no Delta table at file://"));
}

TEST_F(SnapshotTest, AVersionThatIsNotThereIsNotFound) {
  make_table(people_schema());
  EXPECT_EQ(Snapshot::open_at(engine_, url(), 3).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(Snapshot::open_at(engine_, url(), -1).error().kind, ErrorKind::Config);
}

TEST_F(SnapshotTest, ATableIsCreatedOnce) {
  make_table(people_schema());
  EXPECT_EQ(Snapshot::create(engine_, url(), people_schema(), {}).error().kind,
            ErrorKind::Conflict);
}

TEST_F(SnapshotTest, OfManyCreatorsOneWins) {
  std::atomic<int> num_created = 0;
  std::atomic<int> num_lost = 0;
  {
    std::vector<std::jthread> threads;
    for (int creator = 0; creator < 4; ++creator) {
      threads.emplace_back([&] {
        const auto table = Snapshot::create(engine_, url(), people_schema(), {});
        if (table) {
          ++num_created;
        } else if (table.error().kind == ErrorKind::Conflict) {
          ++num_lost;
        }
      });
    }
  }
  EXPECT_EQ(num_created, 1);
  EXPECT_EQ(num_lost, 3);
}

TEST_F(SnapshotTest, PropertiesOfTheTableAreKept) {
  const auto table = Snapshot::create(engine_, url(), people_schema(),
                                      {.properties = {{"inlet.source", "github/issues"}}});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->property("inlet.source"), "github/issues");
}

TEST_F(SnapshotTest, AColumnThatIsUnknownIsNamedWithASuggestion) {
  const Snapshot table = people_table(1);
  const Status read = table.read(table.files().value().front(), {"nmae"},
                                 [](Batch, std::span<const std::uint64_t>) { return Status(); });
  EXPECT_EQ(read.error().kind, ErrorKind::Config);
  EXPECT_THAT(read.error().message, HasSubstr("did you mean \"name\""));
}

TEST_F(SnapshotTest, AReaderStopsWithTheVisitorsError) {
  const Snapshot table = people_table(1);
  const Status read =
      table.read(table.files().value().front(), {}, [](Batch, std::span<const std::uint64_t>) {
        return Status(fail(ErrorKind::Cancelled, "enough"));
      });
  EXPECT_EQ(read.error().message, "enough");
}

}  // namespace
}  // namespace inlet::delta
