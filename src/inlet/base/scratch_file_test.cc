#include "inlet/base/scratch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testkit/file_size_limit.h"
#include "testkit/temporary_folder.h"

namespace inlet {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Scratch : public testing::Test {
 protected:
  testkit::TemporaryFolder folder_;
};

TEST_F(Scratch, GivesBackWhatWasAppended) {
  ScratchFile file = ScratchFile::make(folder_.path()).value();
  ASSERT_TRUE(file.append("one"));
  ASSERT_TRUE(file.append("three"));
  EXPECT_EQ(file.num_bytes(), 8U);
  EXPECT_EQ(file.read(3, 5).value(), "three");
  EXPECT_EQ(file.read(0, 3).value(), "one");
}

TEST_F(Scratch, HasNoNameThatAKilledProcessCouldLeave) {
  ScratchFile file = ScratchFile::make(folder_.path()).value();
  ASSERT_TRUE(file.append("personal"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(Scratch, AFolderThatIsNotThereIsNamedWithTheRemedy) {
  const auto made = ScratchFile::make(folder_ / "nowhere");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(made.error().message,
              AllOf(HasSubstr((folder_ / "nowhere").string()), HasSubstr("TMPDIR")));
}

TEST_F(Scratch, AFullDiskIsAnErrorAndWhatWasThereBeforeCanBeRead) {
  ScratchFile file = ScratchFile::make(folder_.path()).value();
  ASSERT_TRUE(file.append("kept"));
  {
    const testkit::FileSizeLimit limit(1024);
    const Status full = file.append(std::string(4096, 'x'));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().kind, ErrorKind::Unavailable);
    EXPECT_THAT(full.error().message, HasSubstr("make room there"));
  }
  EXPECT_EQ(file.num_bytes(), 4U);
  ASSERT_TRUE(file.append("more"));
  EXPECT_EQ(file.read(0, 8).value(), "keptmore");
}

TEST_F(Scratch, ReadingPastTheEndIsAnError) {
  const ScratchFile file = ScratchFile::make(folder_.path()).value();
  EXPECT_FALSE(file.read(0, 1));
}

}  // namespace
}  // namespace inlet
