#include "inlet/data/key_numbers.h"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <unordered_map>

namespace inlet {
namespace {

TEST(KeyNumbers, CountInTheOrderOfComing) {
  KeyNumbers numbers;
  EXPECT_EQ(numbers.add("b").number, 0);
  EXPECT_EQ(numbers.add("").number, 1);
  const KeyNumbers::Added again = numbers.add("b");
  EXPECT_EQ(again.number, 0);
  EXPECT_FALSE(again.is_new);
  EXPECT_TRUE(numbers.add("a").is_new);
  EXPECT_THAT(numbers.keys(), testing::ElementsAre("b", "", "a"));
  EXPECT_EQ(numbers.find("a"), 2);
  EXPECT_EQ(numbers.find("c"), std::nullopt);
}

TEST(KeyNumbers, ForgetEverything) {
  KeyNumbers numbers;
  EXPECT_EQ(numbers.find("a"), std::nullopt);
  numbers.add("a");
  numbers.clear();
  EXPECT_EQ(numbers.size(), 0);
  EXPECT_EQ(numbers.find("a"), std::nullopt);
  EXPECT_TRUE(numbers.add("b").is_new);
}

TEST(KeyNumbers, AreThoseOfAMapWhateverTheKeys) {
  std::mt19937 random(7);
  KeyNumbers numbers;
  std::unordered_map<std::string, std::uint32_t> expected;
  for (int i = 0; i < 20000; ++i) {
    std::string key(random() % 4, 'x');
    for (char& letter : key) letter = static_cast<char>(random() % 37);
    const auto [found, is_new] = expected.emplace(key, static_cast<std::uint32_t>(expected.size()));
    const KeyNumbers::Added added = numbers.add(key);
    ASSERT_EQ(added.number, found->second);
    ASSERT_EQ(added.is_new, is_new);
  }
  ASSERT_EQ(numbers.size(), expected.size());
  for (const auto& [key, number] : expected) ASSERT_EQ(numbers.key(number), key);
}

}  // namespace
}  // namespace inlet
