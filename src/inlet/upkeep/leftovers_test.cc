#include "inlet/upkeep/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testkit/temporary_folder.h"

namespace inlet::upkeep {
namespace {

TEST(NameKindTest, DataFilesAndDeletionVectorsArePlain) {
  EXPECT_EQ(kind_of("part-00000-1.zstd.parquet"), NameKind::Plain);
  EXPECT_EQ(kind_of("deletion_vector_1.bin"), NameKind::Plain);
  EXPECT_EQ(kind_of("day=2026-01-01/part-1.parquet"), NameKind::Plain);
  EXPECT_EQ(kind_of("ab/deletion_vector_1.bin"), NameKind::Plain);
}

TEST(NameKindTest, TheLogAndOtherHiddenNamesAreNeverTouched) {
  for (const char* path :
       {"_delta_log/00000000000000000000.json", "_delta_log/_last_checkpoint",
        "_inlet/offsets/a/1.json", "_change_data/cdc-1.parquet", "_SUCCESS", ".hidden",
        ".git/config", "a=1/_temporary/0/part-1", "_delta_log/.00000000000000000001.json.crc"}) {
    EXPECT_EQ(kind_of(path), NameKind::Hidden) << path;
  }
}

TEST(NameKindTest, AFolderOfAPartitionIsNoHiddenOne) {
  const std::vector<std::string> columns = {"day", "_at"};
  EXPECT_EQ(kind_of("day=1/_at=2/part-1.parquet", columns), NameKind::Plain);
  EXPECT_EQ(kind_of("_at=2/part-1.parquet"), NameKind::Hidden);
  EXPECT_EQ(kind_of("_at2=2/part-1.parquet", columns), NameKind::Hidden);
  EXPECT_EQ(kind_of("_at=2/_temporary/part-1.parquet", columns), NameKind::Hidden);
}

TEST(NameKindTest, HalfWrittenFilesAreLeftovers) {
  EXPECT_EQ(kind_of(".part-00000-1.zstd.parquet.tmp"), NameKind::Leftover);
  EXPECT_EQ(kind_of("_delta_log/.00000000000000000001.json.7f.tmp"), NameKind::Leftover);
  EXPECT_EQ(kind_of(".other.tmp"), NameKind::Hidden);
}

TEST(NameKindTest, AChecksumBelongsToItsFile) {
  EXPECT_EQ(kind_of(".part-1.parquet.crc"), NameKind::Checksum);
  EXPECT_EQ(checked_path(".part-1.parquet.crc"), "part-1.parquet");
  EXPECT_EQ(checked_path("a=1/.part-1.parquet.crc"), "a=1/part-1.parquet");
}

TEST(HiddenLeftoversTest, NumberedNamesOfALocalTableAreFound) {
  const testkit::TemporaryFolder folder;
  std::filesystem::create_directories(folder / "_delta_log");
  for (const char* name :
       {"_delta_log/00000000000000000001.json#1", "part-1.parquet", "a#b", "c#"}) {
    std::ofstream(folder / name) << "x";
  }
  const auto found = hidden_leftovers(store::to_url(folder.path().string()).value()).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].url, testing::EndsWith("00000000000000000001.json%231"));
  EXPECT_EQ(found[0].size, 1U);
  EXPECT_TRUE(hidden_leftovers("s3://bucket/table").value().empty());
}

}  // namespace
}  // namespace inlet::upkeep
