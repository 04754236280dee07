#include <gtest/gtest.h>

#include <fstream>

#include "inlet/index/disk_internal.h"
#include "inlet/index/manifest_internal.h"
#include "testkit/temporary_folder.h"

namespace inlet::index {
namespace {

class ManifestTest : public testing::Test {
 protected:
  static Manifest some_manifest() {
    return {.identity = {.table_id = "a \"table\"",
                         .key_columns = {"id bigint", "user.login string"},
                         .sequence_columns = {"at timestamp"}},
            .version = 7,
            .next_ordinal = 5,
            .next_run = 3,
            .probed_cost = ~std::uint64_t{0},
            .files = {{.path = "a%20b/\u00e9.parquet",
                       .size = 1,
                       .num_rows = 2,
                       .modified_ms = -3,
                       .ordinal = 4,
                       .deletion_vector = "u1@2",
                       .is_pruned = true},
                      {.path = "c"}},
            .runs = {{.name = "run-0", .checksum = 1}, {.name = "run-2", .checksum = 2}}};
  }

  testkit::TemporaryFolder folder_;
};

TEST_F(ManifestTest, ComesBackAsItWasStored) {
  const Manifest stored = some_manifest();
  ASSERT_TRUE(store_manifest(folder_.path(), stored));
  const Manifest loaded = load_manifest(folder_.path()).value();
  EXPECT_EQ(loaded.identity, stored.identity);
  EXPECT_EQ(loaded.version, 7);
  EXPECT_EQ(loaded.next_ordinal, 5U);
  EXPECT_EQ(loaded.next_run, 3U);
  EXPECT_EQ(loaded.probed_cost, ~std::uint64_t{0});
  ASSERT_EQ(loaded.files.size(), 2U);
  EXPECT_EQ(loaded.files[0].path, stored.files[0].path);
  EXPECT_EQ(loaded.files[0].size, 1U);
  EXPECT_EQ(loaded.files[0].num_rows, 2U);
  EXPECT_EQ(loaded.files[0].modified_ms, -3);
  EXPECT_EQ(loaded.files[0].ordinal, 4U);
  EXPECT_EQ(loaded.files[0].deletion_vector, "u1@2");
  EXPECT_TRUE(loaded.files[0].is_pruned);
  EXPECT_FALSE(loaded.files[1].is_pruned);
  ASSERT_EQ(loaded.runs.size(), 2U);
  EXPECT_EQ(loaded.runs[1].name, "run-2");
  EXPECT_EQ(loaded.runs[1].checksum, 2U);
}

TEST_F(ManifestTest, OneChangedBitAnywhereIsNoticed) {
  ASSERT_TRUE(store_manifest(folder_.path(), some_manifest()));
  const std::filesystem::path path = folder_ / "manifest.json";
  const std::string content = read_file(path).value();
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_TRUE(replace_file(path, changed));
    EXPECT_FALSE(load_manifest(folder_.path())) << "byte " << i;
    ASSERT_TRUE(replace_file(path, content.substr(0, i)));
    EXPECT_FALSE(load_manifest(folder_.path())) << i << " bytes";
  }
}

TEST_F(ManifestTest, AFolderWithoutOneHasNone) {
  EXPECT_FALSE(load_manifest(folder_.path()));
  EXPECT_FALSE(load_manifest(folder_ / "nowhere"));
}

TEST_F(ManifestTest, AFileIsCoveredWhileItStaysTheSame) {
  const IndexedFile known = some_manifest().files[0];
  const delta::DataFile same{.path = known.path,
                             .size = known.size,
                             .num_rows = known.num_rows,
                             .modified_ms = known.modified_ms,
                             .deletion_vector = known.deletion_vector};
  EXPECT_TRUE(known.covers(same));
  std::vector<delta::DataFile> others(5, same);
  others[0].path = "other";
  others[1].size = 9;
  others[2].num_rows = 9;
  others[3].modified_ms = 9;
  others[4].deletion_vector = "other";
  for (const delta::DataFile& other : others) EXPECT_FALSE(known.covers(other));
  IndexedFile whole = known;
  whole.is_pruned = false;
  EXPECT_TRUE(whole.covers(others[4])) << "every row of it is in the index";
}

}  // namespace
}  // namespace inlet::index
