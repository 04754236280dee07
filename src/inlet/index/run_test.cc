#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <tuple>

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
    for (const Entry& entry : entries) {
      ASSERT_TRUE(writer.write(entry, text_of("key", entry), text_of("sequence", entry)));
    }
    ASSERT_TRUE(writer.finish());
  }

  /// Long keys and sequences are named after their row; a third of the keys is another row's.
  static std::string text_of(std::string_view what, const Entry& entry) {
    return std::string(what) + " of row " + std::to_string(entry.row / 3 * 3);
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
    std::ranges::sort(wanted, [](const Wanted& a, const Wanted& b) {
      return std::tie(a.high, a.low) < std::tie(b.high, b.low);
    });
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
    const Status done =
        run.find(wanted, [&](const Wanted& key, const Entry& entry, std::string_view) {
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

  void change_byte(std::uint64_t offset) const { change_byte(offset, path()); }
  static void change_byte(std::uint64_t offset, const std::filesystem::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
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
  EXPECT_EQ(find(run, {{.high = 5, .low = 6, .kind = KeyKind::Short}}).size(), 0U);
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

TEST_F(RunTest, ADamagedTailOrSizeIsRefused) {
  std::mt19937_64 random(2);
  const std::vector<Entry> entries = random_entries(random, 1'000);
  write(entries);
  const std::uint64_t size = std::filesystem::file_size(path());
  for (std::uint64_t offset = std::uint64_t{1'000} * 32; offset < size; ++offset) {
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
  const std::uint64_t middle = std::uint64_t{50'000} * 32;
  change_byte(middle + 7);
  index::Run run = index::Run::open(path()).value();
  const auto visit = [](const Wanted&, const Entry&, std::string_view) {};
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
    change_byte(damaged_entry * 32 + 31);
    index::Run run = index::Run::open(path()).value();
    const Wanted wanted[] = {{.high = key, .kind = KeyKind::Packed}};
    return run.find(wanted, [](const Wanted&, const Entry&, std::string_view) {}).has_value();
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

TEST_F(RunTest, LongKeysAreComparedByTheirBytes) {
  std::vector<Entry> entries;
  for (std::uint32_t row = 0; row < 3'000; ++row) {
    const PackedSequence sequence{.value = row,
                                  .kind = row % 2 == 0 ? SequenceKind::Long : SequenceKind::Here};
    entries.push_back(Entry::make({row / 30, 0, KeyKind::Long}, sequence, 0, row));
  }
  write(entries);
  index::Run run = index::Run::open(path()).value();
  const std::vector<Wanted> wanted = {
      {.high = 2, .kind = KeyKind::Long, .number = 0, .bytes = "key of row 66"},
      {.high = 2, .kind = KeyKind::Long, .number = 1, .bytes = "key of row 67"},
      {.high = 3, .kind = KeyKind::Long, .number = 2, .bytes = "key of row 66"},
      {.high = 3, .kind = KeyKind::Short, .number = 3, .bytes = "key of row 90"}};
  EXPECT_EQ(find(run, wanted), (Found{{0, 66}, {0, 67}, {0, 68}}));
  std::vector<std::string> sequences;
  ASSERT_TRUE(run.find(wanted, [&](const Wanted&, const Entry& entry, std::string_view sequence) {
    sequences.push_back(std::to_string(entry.row) + ": " + std::string(sequence));
  }));
  EXPECT_THAT(sequences, testing::UnorderedElementsAre("66: sequence of row 66",
                                                       "67: ", "68: sequence of row 66"));
}

TEST_F(RunTest, ATextThatIsDamagedOrMissingOrAnothersIsRefused) {
  const std::vector<Wanted> wanted = {{.kind = KeyKind::Long, .bytes = "key of row 0"}};
  const std::filesystem::path text = index::Run::text_path(path());
  const auto answers = [&] {
    auto run = index::Run::open(path());
    return run && run->find(wanted, [](const Wanted&, const Entry&, std::string_view) {});
  };
  const auto make = [&](std::uint32_t row) {
    write({Entry::make({0, 0, KeyKind::Long}, {}, 0, row)});
  };
  make(0);
  EXPECT_TRUE(answers());
  const std::uint64_t size = std::filesystem::file_size(text);
  for (std::uint64_t offset = 0; offset < size; ++offset) {
    make(0);
    change_byte(offset, text);
    EXPECT_FALSE(answers()) << "byte " << offset;
  }
  make(99);
  std::filesystem::copy_file(text, folder_ / "other");
  make(0);
  std::filesystem::remove(text);
  EXPECT_FALSE(answers());
  std::filesystem::copy_file(folder_ / "other", text);
  EXPECT_FALSE(answers());
}

TEST_F(RunTest, WhatDoesNotFitIntoMemoryIsSortedPieceByPiece) {
  std::mt19937_64 random(5);
  std::vector<Entry> entries;
  {
    RunBuilder builder(path(), std::uint64_t{200} << 10, 1);
    for (std::uint32_t first = 0; first < 30'000; first += 1'000) {
      EntryBatch batch;
      for (std::uint32_t row = first; row < first + 1'000; ++row) {
        const bool is_long = row % 3 == 0;
        const Entry entry =
            Entry::make({random(), 0, is_long ? KeyKind::Long : KeyKind::Packed}, {}, 0, row);
        batch.add(entry, text_of("key", entry), "");
        entries.push_back(entry);
      }
      ASSERT_TRUE(builder.add(batch));
    }
    ASSERT_TRUE(builder.finish());
    EXPECT_EQ(builder.num_pieces(), 30U) << "a thousand take 39 to 41 KiB of a third of 200";
  }
  index::Run run = index::Run::open(path()).value();
  EXPECT_EQ(run.num_entries(), 30'000U);
  std::vector<Wanted> wanted;
  Found all;
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) { return is_before(a, b); });
  std::vector<std::string> texts;
  for (const Entry& entry : entries) texts.push_back(text_of("key", entry));
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    wanted.push_back(
        {.high = entries[i].high, .kind = entries[i].key_kind(), .number = i, .bytes = texts[i]});
    all.emplace_back(i, entries[i].row);
  }
  EXPECT_EQ(find(run, wanted), all);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2)
      << "the pieces are gone";
}

TEST_F(RunTest, WhatFitsIntoMemoryIsWrittenAtOnce) {
  std::mt19937_64 random(6);
  RunBuilder builder(path(), std::uint64_t{64} << 20, 2);
  EntryBatch batch;
  for (const Entry& entry : random_entries(random, 30'000)) batch.add(entry, "", "");
  ASSERT_TRUE(builder.add(batch));
  ASSERT_TRUE(builder.finish());
  EXPECT_EQ(builder.num_pieces(), 0U);
  EXPECT_EQ(index::Run::open(path()).value().num_entries(), 30'000U);
}

}  // namespace
}  // namespace inlet::index
