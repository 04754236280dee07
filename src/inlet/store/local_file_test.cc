#include "inlet/store/local_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace inlet::store {
namespace {

TEST(LocalFile, UndoesThePercentEncodingOfFileUrlsOnly) {
  EXPECT_EQ(local_path("file:///a%20b/c%C3%A9.json"), "/a b/c\xC3\xA9.json");
  EXPECT_EQ(local_path("file:///100%"), "/100%");
  EXPECT_EQ(local_path("s3://bucket/key"), std::nullopt);
}

TEST(LocalFile, ReadsARangeAndLessAtTheEnd) {
  const auto path = std::filesystem::path(testing::TempDir()) / "inlet local file";
  std::ofstream(path) << "0123456789";
  EXPECT_EQ(read_local_range(path, 2, 3), "234");
  EXPECT_EQ(read_local_range(path, 8, 100), "89");
  EXPECT_EQ(read_local_range(path, 10, 5), "");
  std::filesystem::remove(path);
}

TEST(LocalFile, NamesAFileThatIsNotThere) {
  const auto read = read_local_range("/nowhere/at/all", 0, 1);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::NotFound);
  EXPECT_NE(read.error().message.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace inlet::store
