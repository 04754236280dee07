// A snapshot table that keeps its history (SCD 2): versions are numbered by snapshot.
#include <gtest/gtest.h>

#include "inlet/pipeline/run_fixture_test.h"

namespace inlet::pipeline {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kSet =
    "  - table: {source_table: set, table_configuration: {scd_type: SCD_TYPE_2}}\n";

class SnapshotHistory : public RunFixture {
 protected:
  Texts read(std::vector<std::string> records) {
    fake_world().records["set"] = std::move(records);
    const TableReport report = run_one(kSet);
    EXPECT_FALSE(report.error) << report.error->message;
    last_ = report;
    return texts("set", {"id", "name", "__START_AT", "__END_AT"});
  }
  TableReport last_;
};

std::string record(int id, std::string_view name) {
  return format(R"({{"id":{},"name":"{}"}})", id, name);
}
std::string version(int id, std::string_view name, int start, std::string_view end) {
  return format(R"({{"id":{},"name":"{}","__START_AT":{},"__END_AT":{}}})", id, name, start, end);
}

TEST_F(SnapshotHistory, ClosesWhatChangedOrWentAndLeavesTheRestAlone) {
  EXPECT_EQ(
      read({record(1, "a"), record(2, "b"), record(3, "c")}),
      (Texts{version(1, "a", 1, "null"), version(2, "b", 1, "null"), version(3, "c", 1, "null")}));
  EXPECT_EQ(read({record(1, "A"), record(2, "b"), record(4, "d")}),
            (Texts{version(1, "A", 2, "null"), version(1, "a", 1, "2"), version(2, "b", 1, "null"),
                   version(3, "c", 1, "2"), version(4, "d", 2, "null")}));
  EXPECT_EQ(last_.unchanged, 1U);
  EXPECT_EQ(last_.deleted, 1U);
}

TEST_F(SnapshotHistory, AnEqualSnapshotMakesNoCommit) {
  read({record(1, "a")});
  const auto before = last_.version_after;
  read({record(1, "a")});
  EXPECT_EQ(last_.version_after, before);
}

TEST_F(SnapshotHistory, AKeyThatComesBackBeginsAnew) {
  read({record(1, "a"), record(2, "b")});
  read({record(2, "b")});
  EXPECT_EQ(
      read({record(1, "a"), record(2, "b")}),
      (Texts{version(1, "a", 1, "2"), version(1, "a", 3, "null"), version(2, "b", 1, "null")}));
}

TEST_F(SnapshotHistory, AnIncompleteSnapshotChangesNothing) {
  const Texts before = read({record(1, "a"), record(2, "b"), record(3, "c"), record(4, "d")});
  fake_world().fail_after_pages = 1;
  EXPECT_TRUE(run_one(kSet).error);
  EXPECT_EQ(texts("set", {"id", "name", "__START_AT", "__END_AT"}), before);
}

}  // namespace
}  // namespace inlet::pipeline
