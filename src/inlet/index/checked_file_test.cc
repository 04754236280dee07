#include <gtest/gtest.h>

#include <random>

#include "inlet/index/checked_file_internal.h"
#include "testkit/temporary_folder.h"

namespace inlet::index {
namespace {

class CheckedFileTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "file"; }

  static std::string random_text(std::size_t size) {
    std::mt19937_64 random(size);
    std::string text(size, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
    return text;
  }
  std::uint64_t write(std::string_view text, std::uint64_t note = 0) const {
    auto writer = CheckedWriter::create(path()).value();
    // In parts that do not end where pages do.
    for (std::size_t begin = 0; begin < text.size(); begin += 777) {
      EXPECT_TRUE(writer.write(std::as_bytes(std::span(text.substr(begin, 777)))));
    }
    EXPECT_EQ(writer.size(), text.size());
    return writer.finish(note).value();
  }
  static std::string to_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  /// Whether all of the file can be had.
  bool is_good() const {
    auto file = CheckedFile::open(path());
    return file && file->read(0, file->size());
  }

  testkit::TemporaryFolder folder_;
};

TEST_F(CheckedFileTest, ContentOfEverySizeComesBack) {
  for (const std::size_t size : {0, 1, 4095, 4096, 4097, 8192, 131072, 131073, 300000}) {
    const std::string text = random_text(size);
    const std::uint64_t checksum = write(text, 7);
    CheckedFile file = CheckedFile::open(path()).value();
    EXPECT_EQ(file.note(), 7U);
    EXPECT_EQ(file.checksum(), checksum);
    EXPECT_EQ(file.size(), size);
    EXPECT_TRUE(to_text(file.read(0, size).value()) == text) << size;
    EXPECT_EQ(to_text(file.read(size / 3, size / 2).value()), text.substr(size / 3, size / 2));
    EXPECT_EQ(file.read(size, 0).value().size(), 0U);
  }
}

TEST_F(CheckedFileTest, WhatIsNotWithinTheContentIsNotGiven) {
  write(random_text(5'000));
  CheckedFile file = CheckedFile::open(path()).value();
  EXPECT_FALSE(file.read(0, 5'001));
  EXPECT_FALSE(file.read(5'000, 1));
  EXPECT_FALSE(file.read(5'001, 0));
  EXPECT_FALSE(file.read(1, ~std::size_t{0}));
  EXPECT_FALSE(file.read(~std::size_t{0}, 2));
}

TEST_F(CheckedFileTest, AChangeOfAnyByteIsNoticed) {
  write(random_text(4'300), 9);
  const std::string good = read_file(path()).value();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 64);
    ASSERT_TRUE(replace_file(path(), changed));
    EXPECT_FALSE(is_good()) << "byte " << i;
  }
}

TEST_F(CheckedFileTest, AFileThatWasWrittenInPartIsNoticed) {
  write(random_text(4'300), 9);
  const std::string good = read_file(path()).value();
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_TRUE(replace_file(path(), good.substr(0, size)));
    EXPECT_FALSE(is_good()) << size << " bytes";
    // As a power failure leaves pages that were never written.
    ASSERT_TRUE(replace_file(path(), good.substr(0, size) + std::string(good.size() - size, '\0')));
    EXPECT_FALSE(is_good()) << size << " bytes and zeros";
  }
}

TEST_F(CheckedFileTest, PagesThatAreNotAskedForMayBeDamaged) {
  write(random_text(20'000));
  std::string content = read_file(path()).value();
  content[9'000] = static_cast<char>(content[9'000] ^ 1);
  ASSERT_TRUE(replace_file(path(), content));
  CheckedFile file = CheckedFile::open(path()).value();
  EXPECT_TRUE(file.read(0, 8'192));
  EXPECT_TRUE(file.read(12'288, 7'000));
  EXPECT_FALSE(file.read(8'191, 2));
  EXPECT_FALSE(file.read(8'192, 1)) << "not even when it was tried before";
}

TEST_F(CheckedFileTest, AnotherNoteOrContentIsAnotherChecksum) {
  const std::uint64_t checksum = write("abc", 1);
  EXPECT_NE(checksum, write("abc", 2));
  EXPECT_NE(checksum, write("abd", 1));
  EXPECT_NE(checksum, write("ab", 1));
  EXPECT_EQ(checksum, write("abc", 1));
}

}  // namespace
}  // namespace inlet::index
