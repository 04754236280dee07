#include "inlet/cli/option_text.h"

#include <gtest/gtest.h>

namespace inlet::cli {
namespace {

TEST(OptionText, NamesTheTypeWithItsRange) {
  EXPECT_EQ(type_text({.name = "n", .type = OptionType::Integer, .help = {}, .minimum = 1}),
            "integer, from 1");
  EXPECT_EQ(
      type_text(
          {.name = "d", .type = OptionType::Duration, .help = {}, .minimum = 0, .maximum = 90'000}),
      "duration, 0s to 90s");
  EXPECT_EQ(type_text({.name = "c", .type = OptionType::Choice, .help = {}, .choices = {"a", "b"}}),
            "one of: a, b");
}

TEST(OptionText, WritesDurationsInTheirLargestUnit) {
  const auto text = [](const char* value) {
    return default_text(
        {.name = "d", .type = OptionType::Duration, .default_value = value, .help = {}});
  };
  EXPECT_EQ(text("300000ms"), "5m");
  EXPECT_EQ(text("1h30m"), "90m");
  EXPECT_EQ(text("0"), "0s");
  EXPECT_EQ(text("250ms"), "250ms");
}

TEST(OptionText, SaysThatAnOptionIsRequired) {
  EXPECT_EQ(default_text({.name = "n", .is_required = true, .help = {}}), "required");
  EXPECT_EQ(default_text({.name = "n", .help = {}}), "");
}

}  // namespace
}  // namespace inlet::cli
