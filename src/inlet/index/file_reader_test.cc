#include <mutex>
#include <set>

#include "inlet/index/file_reader_internal.h"
#include "inlet/index/indexed_fixture_test.h"

namespace inlet::index {
namespace {

class FileReader : public IndexedTest {};

TEST_F(FileReader, LargeFilesAreReadInParts) {
  std::mt19937_64 random(3);
  const delta::Snapshot table = some_table(random);
  const std::vector<delta::DataFile> files = table.files().value();
  std::vector<const delta::DataFile*> all;
  for (const delta::DataFile& file : files) all.push_back(&file);
  for (const std::uint64_t rows_per_part : {1, 7, 49, 50, 51}) {
    std::mutex mutex;
    std::multiset<std::pair<std::size_t, std::uint64_t>> found;
    ASSERT_TRUE(read_files(
        table, all, {"id"}, 2,
        [&](std::size_t number, const Batch&, std::span<const std::uint64_t> positions) -> Status {
          const std::lock_guard lock(mutex);
          for (const std::uint64_t position : positions) found.emplace(number, position);
          return {};
        },
        rows_per_part));
    std::multiset<std::pair<std::size_t, std::uint64_t>> expected;
    for (const Row& row : live_rows(table, {"id"}, kSequence)) {
      expected.emplace(row.file, row.position);
    }
    EXPECT_EQ(found, expected) << rows_per_part;
  }
}

}  // namespace
}  // namespace inlet::index
