#include "connectors/files/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/base/format.h"

namespace inlet::files {
namespace {

using testing::HasSubstr;

Timestamp at(int second) {
  return Timestamp(std::chrono::seconds(1'700'000'000 + second));
}

DataFile file(std::string path, int second, std::uint64_t size = 10) {
  return {.path = std::move(path), .size = size, .modified = at(second)};
}

std::vector<DataFile> many(int number) {
  std::vector<DataFile> files;
  for (int i = 0; i < number; ++i) files.push_back(file(format("f{}", i), i));
  return files;
}

Ledger stored(const Ledger& ledger) {
  return Ledger::parse(Offset::parse(ledger.offset().to_text()).value()).value();
}

Ledger after(const std::vector<DataFile>& files) {
  Ledger ledger;
  for (const DataFile& one : files) ledger.add(one);
  return stored(ledger);
}

TEST(Ledger, KnowsWhatWasRead) {
  const Ledger ledger = after({file("a", 1), file("b", 2)});
  EXPECT_EQ(ledger.state(file("a", 1)), Ledger::State::Read);
  EXPECT_EQ(ledger.state(file("c", 0)), Ledger::State::New);
  EXPECT_EQ(ledger.state(file("a", 5)), Ledger::State::Changed);
  EXPECT_EQ(ledger.state(file("a", 1, 11)), Ledger::State::Changed);
}

TEST(Ledger, TheStartIsTheEmptyOffset) {
  EXPECT_TRUE(Ledger().offset().is_start());
  EXPECT_TRUE(Ledger::parse({}).value().is_empty());
}

TEST(Ledger, StaysSmallAndStillKnowsEveryFile) {
  const auto files = many(5000);
  Ledger ledger = after(files);
  EXPECT_LT(ledger.offset().to_text().size(), 8'000U);
  ASSERT_TRUE(ledger.compare(files));
  for (const DataFile& one : files) EXPECT_NE(ledger.state(one), Ledger::State::New) << one.path;
  EXPECT_EQ(ledger.state(file("f5000", 5000)), Ledger::State::New);
  EXPECT_EQ(ledger.state(file("late", 4950)), Ledger::State::New);
}

TEST(Ledger, FilesOfOneMomentStayTogether) {
  std::vector<DataFile> files;
  for (int i = 0; i < 1000; ++i) files.push_back(file(format("f{}", i), i < 900 ? 1 : 2));
  Ledger ledger = after(files);
  ASSERT_TRUE(ledger.compare(files));
  for (const DataFile& one : files) EXPECT_NE(ledger.state(one), Ledger::State::New) << one.path;
}

TEST(Ledger, AnOldFileThatTurnsUpLaterIsAnError) {
  auto files = many(5000);
  Ledger ledger = after(files);
  files.push_back(file("late", 3));
  const Status compared = ledger.compare(files);
  ASSERT_FALSE(compared);
  EXPECT_EQ(compared.error().kind, ErrorKind::Config);
  EXPECT_THAT(compared.error().message, HasSubstr("touch"));
}

TEST(Ledger, AnOldFileThatChangedKeepingItsTimeIsAnError) {
  auto files = many(5000);
  Ledger ledger = after(files);
  files[3].size = 99;
  EXPECT_FALSE(ledger.compare(files));
}

TEST(Ledger, FilesMayBeRemovedAndStayRead) {
  auto files = many(5000);
  Ledger ledger = after(files);
  files.erase(files.begin() + 10, files.end() - 3);
  ASSERT_TRUE(ledger.compare(files));
  ledger = stored(ledger);
  files.push_back(file("late", 3));
  EXPECT_FALSE(ledger.compare(files)) << "what is left is counted anew";
  EXPECT_EQ(ledger.state(file("f4990", 4990)), Ledger::State::Read)
      << "a removed file that comes back is not read again";
}

TEST(Ledger, RemembersWhereAFileWasLeft) {
  Ledger ledger;
  ledger.add(file("a", 1));
  const Ledger half = Ledger::parse(ledger.offset_within(file("b", 2), 1234)).value();
  ASSERT_TRUE(half.reading());
  EXPECT_EQ(half.reading()->path, "b");
  EXPECT_EQ(half.reading()->position, 1234U);
  EXPECT_EQ(half.reading()->version, Ledger::version_of(file("b", 2)));
  Ledger done = half;
  done.add(file("b", 2));
  EXPECT_FALSE(stored(done).reading());
}

TEST(Ledger, RefusesOffsetsOfOthers) {
  for (const char* text :
       {R"({"cursor": "x"})", R"({"known": "12"})", R"({"known": "", "reading": {"path": 1}})",
        R"({"known": "", "old": {"until": "x"}})", R"({"known": "zzzzzzzzzzzzzzzzzzzzzzzz"})"}) {
    const auto ledger = Ledger::parse(Offset::parse(text).value());
    ASSERT_FALSE(ledger) << text;
    EXPECT_EQ(ledger.error().kind, ErrorKind::Config);
  }
}

}  // namespace
}  // namespace inlet::files
