#include "inlet/pipeline/flow_offsets.h"

#include <gtest/gtest.h>

#include "inlet/base/json.h"

namespace inlet::pipeline {
namespace {

Offset offset(const char* text) {
  return Offset::make(parse_json(text).value()).value();
}

TEST(FlowOffsets, OneFlowIsItsOffset) {
  const FlowOffsets flows{.upserts = offset(R"({"n":"3"})"), .deletes = {}};
  EXPECT_EQ(flows.join().to_text(), R"({"n":"3"})");
  EXPECT_TRUE(FlowOffsets::split(flows.join()).deletes.is_start());
}

TEST(FlowOffsets, TwoFlowsComeBackAsTheyWere) {
  const FlowOffsets flows{.upserts = offset(R"({"n":"3"})"), .deletes = offset(R"({"n":"8"})")};
  const FlowOffsets again = FlowOffsets::split(flows.join());
  EXPECT_EQ(again.upserts, flows.upserts);
  EXPECT_EQ(again.deletes, flows.deletes);
}

TEST(FlowOffsets, ADeleteFlowMayBeAheadOfAnUpsertFlowThatHasNotBegun) {
  const FlowOffsets flows{.upserts = {}, .deletes = offset(R"({"n":"8"})")};
  const FlowOffsets again = FlowOffsets::split(flows.join());
  EXPECT_TRUE(again.upserts.is_start());
  EXPECT_EQ(again.deletes, flows.deletes);
}

}  // namespace
}  // namespace inlet::pipeline
