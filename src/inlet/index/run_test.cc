#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "inlet/base/try.h"
#include "inlet/index/merge_internal.h"
#include "inlet/index/run_builder_internal.h"
#include "inlet/index/run_internal.h"
#include "testkit/temporary_folder.h"

namespace inlet::index {
namespace {

class RunTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "run-0"; }

  /// Every row is named by its number, so that entries differ.
  static std::vector<Entry> random_entries(std::mt19937_64& random, std::uint32_t count,
                                           std::uint64_t mask = ~std::uint64_t{0}) {
    std::vector<Entry> entries;
    for (std::uint32_t row = 0; row < count; ++row) {
      const PackedKey key{random() & mask, random() % 3, KeyKind::Packed};
      entries.push_back(Entry::make(key, {.value = random()}, 7, row));
    }
    return entries;
  }

  void write(std::vector<Entry> entries) const {
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) { return is_before(a, b); });
    auto writer = RunWriter::create(path()).value();
    ASSERT_TRUE(writer.write(entries));
    ASSERT_TRUE(writer.finish());
  }

  static std::vector<Wanted> choose(std::mt19937_64& random, const std::vector<Entry>& entries,
                                    std::uint32_t count, std::uint64_t mask = ~std::uint64_t{0}) {
    std::vector<Wanted> wanted;
    for (std::uint32_t i = 0; i < count; ++i) {
      Wanted key{.high = random() & mask, .low = random() % 3, .kind = KeyKind::Packed};
      if (random() % 2 == 0 && !entries.empty()) {
        const Entry& entry = entries[random() % entries.size()];
        key = {.high = entry.high, .low = entry.low, .kind = KeyKind::Packed};
      }
      wanted.push_back(key);
    }
    const auto is_less = [](const Wanted& a, const Wanted& b) { return is_before(a, b); };
    std::ranges::sort(wanted, is_less);
    const auto same = [](const Wanted& a, const Wanted& b) {
      return a.high == b.high && a.low == b.low;
    };
    const auto rest = std::ranges::unique(wanted, same);
    wanted.erase(rest.begin(), rest.end());
    for (std::uint32_t i = 0; i < wanted.size(); ++i) wanted[i].number = i;
    return wanted;
  }

  using Found = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

  static Found find(index::Run& run, const std::vector<Wanted>& wanted) {
    Found found;
    const Status done = run.find(wanted, [&](const Wanted& key, const Entry& entry) {
      found.emplace_back(key.number, entry.row);
    });
    EXPECT_TRUE(done) << done.error().message;
    std::ranges::sort(found);
    return found;
  }

  static Found expected(const std::vector<Entry>& entries, const std::vector<Wanted>& wanted) {
    Found found;
    for (const Wanted& key : wanted) {
      for (const Entry& entry : entries) {
        if (key.high == entry.high && key.low == entry.low) {
          found.emplace_back(key.number, entry.row);
        }
      }
    }
    std::ranges::sort(found);
    return found;
  }

  void change_byte(std::uint64_t offset) const {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 1));
  }

  testkit::TemporaryFolder folder_;
};

TEST_F(RunTest, EveryEntryOfEveryKeyIsFoundHoweverTheKeysAreSpread) {
  std::mt19937_64 random(1);
  for (const std::uint32_t count : {0U, 1U, 2U, 127U, 128U, 129U, 5'000U}) {
    for (const std::uint64_t mask : {~std::uint64_t{0}, std::uint64_t{15}, std::uint64_t{15} << 60,
                                     std::uint64_t{0xFFFF}, std::uint64_t{0}}) {
      const std::vector<Entry> entries = random_entries(random, count, mask);
      write(entries);
      index::Run run = index::Run::open(path()).value();
      EXPECT_EQ(run.num_entries(), count);
      for (const std::uint32_t num_keys : {1U, 10U, 600U}) {
        const std::vector<Wanted> wanted = choose(random, entries, num_keys, mask);
        EXPECT_EQ(find(run, wanted), expected(entries, wanted))
            << count << " entries, " << num_keys << " keys, spread " << mask;
      }
    }
  }
}

TEST_F(RunTest, AKeyOfAnotherKindIsAnotherKey) {
  write({Entry::make({5, 6, KeyKind::Packed}, {}, 0, 0)});
  index::Run run = index::Run::open(path()).value();
  EXPECT_EQ(find(run, {{.high = 5, .low = 6, .kind = KeyKind::Packed}}).size(), 1U);
  EXPECT_EQ(find(run, {{.high = 5, .low = 6, .kind = KeyKind::Hashed}}).size(), 0U);
}

TEST_F(RunTest, EntriesKeepAllTheirParts) {
  write({Entry::make({5, 6, KeyKind::Uuid}, {99, SequenceKind::Null}, 0xFFFFFFF, 0xFFFFFFFF)});
  index::Run run = index::Run::open(path()).value();
  const Entry entry = run.read(0, 1).value().front();
  EXPECT_EQ(entry.key_kind(), KeyKind::Uuid);
  EXPECT_EQ(entry.sequence_kind(), SequenceKind::Null);
  EXPECT_EQ(entry.sequence, 99U);
  EXPECT_EQ(entry.ordinal(), 0xFFFFFFFU);
  EXPECT_EQ(entry.row, 0xFFFFFFFFU);
}

TEST_F(RunTest, ADamagedHeadOrTailOrSizeIsRefused) {
  std::mt19937_64 random(2);
  const std::vector<Entry> entries = random_entries(random, 1'000);
  write(entries);
  const std::uint64_t size = std::filesystem::file_size(path());
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{17},
                                     size - 1, size - 9, 4096 + std::uint64_t{1'000} * 32}) {
    write(entries);
    change_byte(offset);
    EXPECT_FALSE(index::Run::open(path())) << "byte " << offset;
  }
  for (const std::uint64_t wrong : {size - 1, size + 1, std::uint64_t{4096}, std::uint64_t{0}}) {
    write(entries);
    std::filesystem::resize_file(path(), wrong);
    EXPECT_FALSE(index::Run::open(path())) << wrong << " bytes";
  }
  write(entries);
  EXPECT_TRUE(index::Run::open(path()));
  std::filesystem::remove(path());
  EXPECT_FALSE(index::Run::open(path()));
}

TEST_F(RunTest, AnAnswerThatDependsOnDamagedEntriesIsNotGiven) {
  std::mt19937_64 random(3);
  const std::vector<Entry> entries = random_entries(random, 100'000);
  write(entries);
  const std::uint64_t middle = 4096 + std::uint64_t{50'000} * 32;
  change_byte(middle + 7);
  index::Run run = index::Run::open(path()).value();
  const auto visit = [](const Wanted&, const Entry&) {};
  const std::vector<Wanted> near = {{.high = std::uint64_t{1} << 63}};
  const std::vector<Wanted> far = {{.high = 5}};
  std::vector<Wanted> all;
  for (std::uint64_t i = 0; i < 20'000; ++i) all.push_back({.high = i << 49});
  EXPECT_FALSE(run.find(all, visit));
  EXPECT_TRUE(run.find(far, visit));
  EXPECT_FALSE(run.read(0, 100'000));
  EXPECT_TRUE(run.read(0, 1'000));
}

TEST_F(RunTest, ANeighbourInTheNextBlockIsPartOfTheProof) {
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    entries.push_back(Entry::make({i * 1'000, 0, KeyKind::Packed}, {}, 0, i));
  }
  const auto find_one = [&](std::uint64_t key, std::uint64_t damaged_entry) {
    write(entries);
    change_byte(4096 + damaged_entry * 32 + 31);
    index::Run run = index::Run::open(path()).value();
    const Wanted wanted[] = {{.high = key, .kind = KeyKind::Packed}};
    return run.find(wanted, [](const Wanted&, const Entry&) {}).has_value();
  };
  EXPECT_FALSE(find_one(127'500, 127)) << "between the last of a block and the first of the next";
  EXPECT_FALSE(find_one(127'500, 128));
  EXPECT_FALSE(find_one(127'000, 128)) << "there might be more of this key";
  EXPECT_FALSE(find_one(128'000, 127));
  EXPECT_TRUE(find_one(127'000, 256));
  EXPECT_TRUE(find_one(300'000, 256 + 128));
}

TEST_F(RunTest, AMergeKeepsTheOrderAndWhatItIsToldToKeep) {
  std::mt19937_64 random(4);
  std::vector<Entry> all;
  std::vector<index::Run> runs;
  for (const std::uint32_t count : {0U, 10U, 9'000U, 3'000U}) {
    const std::vector<Entry> entries = random_entries(random, count, 0xFFF);
    all.insert(all.end(), entries.begin(), entries.end());
    write(entries);
    runs.push_back(index::Run::open(path()).value());
    std::filesystem::remove(path());
  }
  std::vector<index::Run*> inputs;
  for (index::Run& run : runs) inputs.push_back(&run);
  auto writer = RunWriter::create(path()).value();
  const auto is_even = [](const Entry& entry) { return entry.row % 2 == 0; };
  ASSERT_TRUE(merge_runs(inputs, is_even, writer));
  ASSERT_TRUE(writer.finish());
  index::Run merged = index::Run::open(path()).value();
  EXPECT_EQ(merged.num_entries(), static_cast<std::uint64_t>(std::ranges::count_if(all, is_even)));
  const auto entries = merged.read(0, merged.num_entries()).value();
  EXPECT_TRUE(std::ranges::is_sorted(
      entries, [](const Entry& a, const Entry& b) { return is_before(a, b); }));
  EXPECT_TRUE(std::ranges::all_of(entries, is_even));
}

TEST_F(RunTest, WhatDoesNotFitIntoMemoryIsSortedPieceByPiece) {
  std::mt19937_64 random(5);
  const std::vector<Entry> entries = random_entries(random, 30'000);
  {
    RunBuilder builder(path(), std::uint64_t{128} << 10, 1);
    for (std::size_t begin = 0; begin < entries.size(); begin += 1'000) {
      ASSERT_TRUE(builder.add(std::span(entries).subspan(begin, 1'000)));
    }
    ASSERT_TRUE(builder.finish());
    EXPECT_EQ(builder.num_pieces(), 15U) << "2048 entries of 32 bytes are half of the memory";
  }
  index::Run run = index::Run::open(path()).value();
  const std::vector<Wanted> wanted = choose(random, entries, 300);
  EXPECT_EQ(find(run, wanted), expected(entries, wanted));
  EXPECT_EQ(run.num_entries(), 30'000U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1)
      << "the pieces are gone";
}

TEST_F(RunTest, WhatFitsIntoMemoryIsWrittenAtOnce) {
  std::mt19937_64 random(6);
  const std::vector<Entry> entries = random_entries(random, 30'000);
  RunBuilder builder(path(), std::uint64_t{64} << 20, 2);
  ASSERT_TRUE(builder.add(entries));
  ASSERT_TRUE(builder.finish());
  EXPECT_EQ(builder.num_pieces(), 0U);
  EXPECT_EQ(index::Run::open(path()).value().num_entries(), 30'000U);
}

}  // namespace
}  // namespace inlet::index
