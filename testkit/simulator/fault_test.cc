#include "testkit/simulator/fault.h"

#include <gtest/gtest.h>

namespace inlet::simulator {
namespace {

std::string message_of(std::string_view text) {
  const auto fault = Fault::parse(text);
  return fault ? "parsed" : fault.error().message;
}

TEST(FaultText, NamesKindAndMembers) {
  const auto fault = Fault::parse("status=503,every=7,path=/issues,times=2,retry_after=4");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->kind, Fault::Kind::Status);
  EXPECT_EQ(fault->status, 503);
  EXPECT_EQ(fault->every, 7);
  EXPECT_EQ(fault->path, "/issues");
  EXPECT_EQ(fault->times, 2);
  EXPECT_EQ(fault->retry_after, std::chrono::seconds(4));
  EXPECT_EQ(Fault::parse("reset,at=3+9")->at, (std::vector<std::int64_t>{3, 9}));
}

TEST(FaultText, IsRefusedWithItsReason) {
  EXPECT_EQ(message_of("status=503,evry=7"), "fault: no member \"evry\" (did you mean \"every\"?)");
  EXPECT_EQ(message_of("status=x"), "fault: status needs a number, not \"x\"");
  EXPECT_NE(message_of("every=7").find("needs exactly one kind"), std::string::npos);
  EXPECT_NE(message_of("reset,cut").find("needs exactly one kind"), std::string::npos);
}

TEST(FaultPlan, TheFirstThatAppliesWins) {
  FaultPlan plan;
  plan.replace({*Fault::parse("status=500,at=2"), *Fault::parse("status=502,every=2")});
  EXPECT_FALSE(plan.next("/a").has_value());
  EXPECT_EQ(plan.next("/a")->status, 500);
  EXPECT_FALSE(plan.next("/a").has_value());
  EXPECT_EQ(plan.next("/a")->status, 502);
}

}  // namespace
}  // namespace inlet::simulator
