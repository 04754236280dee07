#include "inlet/base/error.h"

#include <gtest/gtest.h>

#include <string>

#include "inlet/base/clock.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorKind::Config, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  const int once = TRY(half(value));
  return TRY(half(once));
}

TEST(Error, TryHandsOnTheValueOrTheError) {
  EXPECT_EQ(quarter(8), 2);
  ASSERT_FALSE(quarter(6).has_value());
  EXPECT_EQ(quarter(6).error().message, "odd");
}

TEST(Error, WithinPutsThePlaceInFront) {
  EXPECT_EQ((Error{ErrorKind::Auth, "refused"}).within("table issues").message,
            "table issues: refused");
}

TEST(Suggest, OffersOnlyANearName) {
  const std::string_view known[] = {"owner", "repo"};
  EXPECT_EQ(did_you_mean("Ower", known), " (did you mean \"owner\"?)");
  EXPECT_EQ(did_you_mean("branch", known), "");
}

TEST(Clock, WritesOnlyTheFractionDigitsThatAreNeeded) {
  const auto at = [](long long micros) { return Timestamp(std::chrono::microseconds(micros)); };
  EXPECT_EQ(to_rfc3339(at(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(at(1'500'000)), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(to_rfc3339(at(-1)), "1969-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace inlet
