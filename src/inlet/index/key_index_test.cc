#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/index/key_index_internal.h"
#include "testkit/temporary_folder.h"

namespace inlet::index {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Identity kIdentity{.table_id = "t", .key_columns = {"id bigint"}};

class KeyIndexTest : public testing::Test {
 protected:
  static delta::DataFile file(std::string path, std::uint64_t num_rows) {
    return {.path = std::move(path), .size = 1, .num_rows = num_rows};
  }
  KeyIndex open(const Identity& identity = kIdentity) const {
    return KeyIndex::open(folder_.path(), identity).value().value();
  }

  /// A run with one entry per row, whose keys are spread over all.
  static void add(KeyIndex& index, const delta::DataFile& file) {
    auto writer = RunWriter::create(index.new_run_path()).value();
    const std::uint64_t step = ~std::uint64_t{0} / file.num_rows;
    for (std::uint32_t row = 0; row < file.num_rows; ++row) {
      const Entry entry =
          Entry::make({row * step, 0, KeyKind::Packed}, {}, index.next_ordinal(), row);
      ASSERT_TRUE(writer.write(entry, "", ""));
    }
    ASSERT_TRUE(writer.finish());
    const delta::DataFile* added[] = {&file};
    ASSERT_TRUE(index.add(added));
  }

  /// (file, row) of every entry with the first key.
  static std::vector<std::pair<std::uint32_t, std::uint32_t>> find_first(
      KeyIndex& index, const std::vector<delta::DataFile>& files) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
    const Wanted first[] = {{.kind = KeyKind::Packed}};
    EXPECT_TRUE(index.find(files, first,
                           [&](const Wanted&, std::uint32_t number, const Entry& entry,
                               std::string_view) { found.emplace_back(number, entry.row); }));
    return found;
  }

  static const std::vector<std::uint32_t>* nothing_known(const delta::DataFile&) { return nullptr; }

  testkit::TemporaryFolder folder_;
};

TEST_F(KeyIndexTest, WhatWasStoredIsThereAfterwards) {
  const std::vector<delta::DataFile> files = {file("a", 10), file("b", 20)};
  {
    KeyIndex index = open();
    EXPECT_THAT(index.missing(files), ElementsAre(0, 1));
    add(index, files[1]);
    ASSERT_TRUE(index.store());
    add(index, files[0]);
  }
  KeyIndex index = open();
  EXPECT_THAT(index.missing(files), ElementsAre(0)) << "this one was not stored";
  EXPECT_THAT(find_first(index, files), ElementsAre(std::pair(1U, 0U)));
}

TEST_F(KeyIndexTest, AnotherIdentityBeginsAnew) {
  const std::vector<delta::DataFile> files = {file("a", 10)};
  {
    KeyIndex index = open();
    add(index, files[0]);
    ASSERT_TRUE(index.store());
  }
  for (const Identity& other :
       {Identity{.table_id = "u", .key_columns = {"id bigint"}},
        Identity{.table_id = "u", .key_columns = {"id int"}},
        Identity{
            .table_id = "u", .key_columns = {"id int"}, .sequence_columns = {"at timestamp"}}}) {
    KeyIndex index = open(other);
    EXPECT_THAT(index.missing(files), ElementsAre(0));
    EXPECT_EQ(index.num_runs(), 0U);
    add(index, files[0]);
    ASSERT_TRUE(index.store());
  }
}

TEST_F(KeyIndexTest, EntriesOfFilesThatAreGoneAreNotFound) {
  const std::vector<delta::DataFile> files = {file("a", 10), file("b", 20)};
  KeyIndex index = open();
  for (const delta::DataFile& one : files) add(index, one);
  EXPECT_THAT(find_first(index, files), ElementsAre(std::pair(0U, 0U), std::pair(1U, 0U)));
  const std::vector<delta::DataFile> rest = {files[1]};
  index.follow(1, rest, KeyIndex::Deletions::Unknown);
  EXPECT_THAT(find_first(index, rest), ElementsAre(std::pair(0U, 0U)));
  EXPECT_THAT(index.missing(files), ElementsAre(0)) << "it would be read again";
}

TEST_F(KeyIndexTest, RunsOfOneSizeAreMergedWhenThereAreEight) {
  KeyIndex index = open();
  std::vector<delta::DataFile> files;
  for (int i = 0; i < 64; ++i) {
    files.push_back(file(std::to_string(i), 33'000));
    add(index, files.back());
    ASSERT_TRUE(index.tidy(files, nothing_known));
    EXPECT_LE(index.num_runs(), 14U) << "seven of each of two sizes";
  }
  EXPECT_EQ(index.num_runs(), 1U);
  EXPECT_EQ(find_first(index, files).size(), 64U);
}

TEST_F(KeyIndexTest, ManyEntriesOfNoFileAreThrownOut) {
  KeyIndex index = open();
  const std::vector<delta::DataFile> old = {file("old", 300'000)};
  const std::vector<delta::DataFile> files = {file("new", 10)};
  add(index, old[0]);
  add(index, files[0]);
  index.follow(1, files, KeyIndex::Deletions::Unknown);
  ASSERT_TRUE(index.tidy(files, nothing_known));
  ASSERT_TRUE(index.store());
  EXPECT_EQ(index.num_runs(), 1U);
  EXPECT_THAT(find_first(index, files), ElementsAre(std::pair(0U, 0U)));
  std::uintmax_t num_bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    num_bytes += entry.file_size();
  }
  EXPECT_LT(num_bytes, 10'000U);
}

TEST_F(KeyIndexTest, AMergeLeavesOutDeadRowsAndRemembersThatItDid) {
  KeyIndex index = open();
  std::vector<delta::DataFile> files;
  for (int i = 0; i < 8; ++i) {
    files.push_back(file(std::to_string(i), 10));
    add(index, files.back());
  }
  files[2].deletion_vector = "v1";
  files[3].deletion_vector = "v2";
  index.follow(1, files, KeyIndex::Deletions::Unknown);
  EXPECT_THAT(index.missing(files), IsEmpty());
  const std::vector<std::uint32_t> dead = {0, 4};
  ASSERT_TRUE(index.tidy(files, [&](const delta::DataFile& one) {
    return one.deletion_vector == "v1" ? &dead : nullptr;
  }));
  EXPECT_EQ(find_first(index, files).size(), 7U);
  files[2].deletion_vector = files[3].deletion_vector = "v3";
  EXPECT_THAT(index.missing(files), ElementsAre(2)) << "rows 0 and 4 might live again";
  index.follow(2, files, KeyIndex::Deletions::OnlyGrew);
  EXPECT_THAT(index.missing(files), IsEmpty());
  files[2].deletion_vector = "v4";
  index.follow(3, files, KeyIndex::Deletions::Unknown);
  EXPECT_THAT(index.missing(files), ElementsAre(2));
}

TEST_F(KeyIndexTest, OneAtATimeHasTheFolder) {
  {
    const KeyIndex index = open();
    EXPECT_FALSE(KeyIndex::open(folder_.path(), kIdentity).value().has_value());
  }
  EXPECT_TRUE(KeyIndex::open(folder_.path(), kIdentity).value().has_value());
}

}  // namespace
}  // namespace inlet::index
