#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "inlet/data/column_builder.h"
#include "inlet/data/hash.h"
#include "inlet/data/row_key.h"
#include "inlet/index/key_packer_internal.h"
#include "inlet/index/random_table_test.h"

namespace inlet::index {
namespace {

std::uint64_t hash_key(std::string_view key) {
  return hash_bytes(key);
}

class KeyPackerTest : public RandomTable {
 protected:
  static KeyPacker packer(const std::vector<std::string>& keys,
                          const std::vector<std::string>& sequence = {}) {
    return KeyPacker::make(every_type(), keys, sequence, hash_key).value();
  }

  static std::vector<std::string> keys_of(const Batch& batch,
                                          const std::vector<std::string>& paths) {
    const RowKey key = RowKey::make(batch, paths).value();
    std::vector<std::string> keys(batch.num_rows());
    for (std::size_t row = 0; row < keys.size(); ++row) key.append_to(keys[row], row);
    return keys;
  }

  static std::set<KeyKind> kinds_of(const std::vector<std::string>& paths) {
    std::mt19937_64 random(3);
    const Batch batch = random_rows(random, 300, 40);
    const KeyPacker packer = KeyPackerTest::packer(paths);
    std::set<KeyKind> kinds;
    for (const std::string& key : keys_of(batch, paths)) kinds.insert(packer.pack(key).kind);
    return kinds;
  }
};

TEST_F(KeyPackerTest, TwoKeysShareTheirBitsOnlyWhenTheyAreEqual) {
  std::mt19937_64 random(1);
  const Batch batch = random_rows(random, 2'000, 500);
  for (const auto& paths : every_key()) {
    const KeyPacker packer = KeyPackerTest::packer(paths);
    std::map<std::tuple<std::uint64_t, std::uint64_t, KeyKind>, std::string> seen;
    for (const std::string& key : keys_of(batch, paths)) {
      const PackedKey packed = packer.pack(key);
      if (packed.kind == KeyKind::Long) continue;
      const auto [found, is_new] = seen.try_emplace({packed.high, packed.low, packed.kind}, key);
      EXPECT_EQ(found->second, key);
      EXPECT_EQ(packer.pack(key), packed);
    }
  }
}

TEST_F(KeyPackerTest, KeysThatFitAreHeldExactly) {
  const std::set<KeyKind> fixed = {KeyKind::Packed, KeyKind::Short};
  EXPECT_EQ(kinds_of({"id"}), fixed) << "nulls are short keys";
  EXPECT_EQ(kinds_of({"price"}), fixed);
  EXPECT_EQ(kinds_of({"code", "at", "day"}), fixed);
  EXPECT_EQ(kinds_of({"id", "user.number"}), fixed);
  EXPECT_EQ(kinds_of({"payload"}), std::set{KeyKind::Short});
  EXPECT_EQ(kinds_of({"name"}), (std::set{KeyKind::Short, KeyKind::Long}));
  EXPECT_EQ(kinds_of({"uuid"}), (std::set{KeyKind::Short, KeyKind::Uuid, KeyKind::Long}))
      << "upper-case letters make another key of the same UUID";
}

TEST_F(KeyPackerTest, TextOfAUuidsLengthIsNotTakenForOne) {
  const KeyPacker packer = KeyPackerTest::packer({"uuid"});
  for (const char* text :
       {"00000000-0000-4000-8000-00000000000g", "000000000000040000800000000000000000",
        "00000000-0000-4000-8000-0000000000-0", "0000000--0000-4000-8000-000000000000"}) {
    const std::string key = "\1" + std::string(text) + std::string("\0\1", 2);
    EXPECT_EQ(packer.pack(key).kind, KeyKind::Long) << text;
  }
}

TEST_F(KeyPackerTest, KeysThatAreCloseTogetherAreSpreadEvenly) {
  const KeyPacker packer = KeyPackerTest::packer({"id"});
  constexpr std::size_t kNumBuckets = 1024;
  constexpr std::size_t kNumKeys = 400 * kNumBuckets;
  for (const std::int64_t step : {std::int64_t{1}, std::int64_t{-1000}, std::int64_t{1} << 36}) {
    std::vector<std::size_t> buckets(kNumBuckets);
    for (std::size_t i = 0; i < kNumKeys; ++i) {
      std::string key(1, '\1');
      const std::uint64_t value = i * static_cast<std::uint64_t>(step);
      for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(value >> shift));
      ++buckets[packer.pack(key).high / (~std::uint64_t{0} / kNumBuckets + 1)];
    }
    double squares = 0;
    for (const std::size_t size : buckets) {
      squares += (static_cast<double>(size) - 400) * (static_cast<double>(size) - 400) / 400;
    }
    // Chi-squared of 1023 degrees of freedom: five standard deviations of 45 about the mean.
    EXPECT_GT(squares, 1023 - 5 * 45) << step;
    EXPECT_LT(squares, 1023 + 5 * 45) << step;
  }
}

TEST_F(KeyPackerTest, SequencesThatFitComeBackAsTheyWere) {
  std::mt19937_64 random(4);
  const Batch batch = random_rows(random, 300, 500);
  for (const char* column : {"id", "code", "day", "at", "ratio", "small", "flag", "user.number"}) {
    const KeyPacker packer = KeyPackerTest::packer({"id"}, {column});
    for (const std::string& sequence : keys_of(batch, {column})) {
      const PackedSequence packed = packer.pack_sequence(sequence);
      EXPECT_NE(packed.kind, SequenceKind::Long) << column;
      EXPECT_EQ(packer.unpack_sequence(packed), sequence) << column;
    }
  }
}

TEST_F(KeyPackerTest, SequencesThatDoNotFitAreLeftToTheText) {
  std::mt19937_64 random(5);
  const Batch batch = random_rows(random, 50, 500);
  for (const char* column : {"name", "price", "raw"}) {
    const KeyPacker packer = KeyPackerTest::packer({"id"}, {column});
    for (const std::string& sequence : keys_of(batch, {column})) {
      EXPECT_EQ(packer.pack_sequence(sequence).kind, SequenceKind::Long);
    }
  }
}

TEST_F(KeyPackerTest, WithoutSequenceColumnsThereIsNothingToLookUp) {
  const KeyPacker packer = KeyPackerTest::packer({"id"});
  const PackedSequence packed = packer.pack_sequence("");
  EXPECT_EQ(packed.kind, SequenceKind::Here);
  EXPECT_EQ(packer.unpack_sequence(packed), "");
}

TEST_F(KeyPackerTest, AnUnknownColumnIsAnError) {
  EXPECT_FALSE(KeyPacker::make(every_type(), {"nope"}, {}, hash_key));
  EXPECT_FALSE(KeyPacker::make(every_type(), {"id"}, {"nope"}, hash_key));
}

TEST_F(KeyPackerTest, ColumnsAreNamedWithTheirTypes) {
  EXPECT_EQ(packer({"id", "user.login"}, {"at"}).key_columns(),
            (std::vector<std::string>{"id bigint", "user.login string"}));
  EXPECT_EQ(packer({"id"}, {"at"}).sequence_columns(), std::vector<std::string>{"at timestamp"});
}

}  // namespace
}  // namespace inlet::index
