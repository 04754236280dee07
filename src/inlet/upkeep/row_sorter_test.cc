#include "inlet/upkeep/row_sorter.h"

#include <filesystem>

#include "inlet/delta/table_fixture_test.h"
#include "inlet/upkeep/scratch_table.h"

namespace inlet::upkeep {
namespace {

using delta::Snapshot;
using testing::Gt;

constexpr std::uint64_t kPlenty = 1ULL << 30;
constexpr std::uint64_t kLittle = 64U << 10U;
constexpr std::int64_t kNumRows = 6000;

class RowSorterTest : public delta::TableFixture {
 protected:
  /// People 0 to kNumRows - 1 in files of 1,000, of which each has ids from everywhere.
  Snapshot scattered() {
    const Snapshot empty = make_table(people_schema());
    const Batch all = people(0, kNumRows - 1);
    delta::Edit edit;
    for (std::int64_t first = 0; first < kNumRows; first += 1000) {
      std::vector<delta::RowPlace> places;
      for (std::int64_t row = first; row < first + 1000; ++row) {
        places.push_back({.batch = 0, .row = static_cast<std::uint32_t>(row * 7919 % kNumRows)});
      }
      auto writer = delta::FileWriter::open(empty, people_schema()).value();
      EXPECT_TRUE(writer.write(std::span(&all, 1), places));
      edit.add.push_back(writer.finish().value());
    }
    return must_commit(empty, edit);
  }
  struct Sorted {
    std::vector<std::string> rows;
    std::size_t num_pieces;
  };
  Sorted sort(const Snapshot& table, std::vector<std::string> columns, std::uint64_t memory) {
    const std::vector<delta::DataFile> files = table.files().value();
    const RowOrder order = RowOrder::make(table, files, std::move(columns)).value();
    std::uint64_t num_bytes = 0;
    delta::Edit edit{.operation = delta::Operation::Optimize};
    for (const delta::DataFile& file : files) {
      num_bytes += file.size;
      edit.remove.push_back(file.path);
    }
    RowSorter sorter(order, table.schema(), memory, num_bytes);
    for (const delta::DataFile& file : files) {
      const Status read = table.read(
          file, {}, [&](Batch batch, const auto&) { return sorter.add(std::move(batch)); });
      EXPECT_TRUE(read) << read.error().message;
    }
    delta::RollingWriter out(table);
    const Status written = sorter.write_to(out);
    EXPECT_TRUE(written) << written.error().message;
    edit.add = out.finish().value();
    return {.rows = rows(must_commit(table, edit), {}), .num_pieces = sorter.num_pieces()};
  }
  static std::vector<std::string> by_id() {
    const Batch batch = people(0, kNumRows - 1);
    std::vector<std::string> rows;
    for (std::size_t row = 0; row < batch.num_rows(); ++row)
      rows.push_back(row_to_json(batch, row));
    return rows;
  }
};

TEST_F(RowSorterTest, WhatFitsIsSortedInMemory) {
  const Sorted sorted = sort(scattered(), {"id"}, kPlenty);
  EXPECT_EQ(sorted.num_pieces, 0U);
  EXPECT_EQ(sorted.rows, by_id());
}

TEST_F(RowSorterTest, WhatDoesNotFitIsSortedInPieces) {
  const Sorted sorted = sort(scattered(), {"id"}, kLittle);
  EXPECT_THAT(sorted.num_pieces, Gt(2U));
  EXPECT_EQ(sorted.rows, by_id());
}

TEST_F(RowSorterTest, ACurveIsTheSameInPieces) {
  const Snapshot table = scattered();
  const Sorted in_memory = sort(table, {"user.login", "name"}, kPlenty);
  std::filesystem::remove_all(folder_ / "table");
  EXPECT_EQ(sort(scattered(), {"user.login", "name"}, kLittle).rows, in_memory.rows);
}

TEST_F(RowSorterTest, EqualRowsStayAsTheyWereInPiecesToo) {
  const Snapshot table = scattered();
  std::vector<std::string> wanted = rows(table, {});
  const auto login = [](const std::string& row) { return row.substr(row.find("login-"), 7); };
  std::ranges::stable_sort(wanted, {}, login);
  EXPECT_EQ(sort(table, {"user.login"}, kLittle).rows, wanted);
}

TEST_F(RowSorterTest, ItsScratchFolderGoesWithIt) {
  std::string folder;
  {
    const ScratchTable scratch = ScratchTable::make(people_schema()).value();
    folder = scratch.table().url().substr(std::string("file://").size());
    EXPECT_TRUE(std::filesystem::exists(folder)) << folder;
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace inlet::upkeep
