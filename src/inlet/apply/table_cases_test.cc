// Runs testkit/tables/*.yaml against the native engine: batches in, table out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "inlet/apply/table_case_test.h"
#include "inlet/base/format.h"

namespace inlet::apply {
namespace {

using testing::ElementsAreArray;

std::vector<TableCase> all_cases() {
  return TableCase::load_all(
      {"append", "scd_type_1", "deletes", "snapshot", "scd_type_2", "ignore_nulls"});
}

// Those in which rows are replaced or deleted.
std::vector<TableCase> changing_cases() {
  return TableCase::load_all({"scd_type_1", "deletes", "snapshot", "scd_type_2", "ignore_nulls"});
}

// Those whose changes may be put aside.
std::vector<TableCase> keyed_cases() {
  return TableCase::load_all({"scd_type_1", "deletes", "scd_type_2", "ignore_nulls"});
}

std::vector<TableCase> dividable_cases() {
  std::vector<TableCase> cases = all_cases();
  std::erase_if(cases, [](const TableCase& tested) {
    return tested.columns_that_can_divide().empty() || tested.source_schema().fields.size() < 2;
  });
  return cases;
}

std::vector<TableCase> order_free_cases() {
  std::vector<TableCase> cases = all_cases();
  std::erase_if(cases, [](const TableCase& tested) { return !tested.is_order_free(); });
  return cases;
}

Counts operator+(const Counts& a, const Counts& b) {
  return {.num_committed = a.num_committed + b.num_committed,
          .num_unchanged = a.num_unchanged + b.num_unchanged,
          .num_deduplicated = a.num_deduplicated + b.num_deduplicated,
          .num_deleted = a.num_deleted + b.num_deleted};
}

std::uint64_t num_changes(const Counts& counts) {
  return counts.num_committed + counts.num_unchanged + counts.num_deduplicated;
}

class TableCases : public testing::TestWithParam<TableCase> {};
class TableCasesWithoutDeletionVectors : public testing::TestWithParam<TableCase> {};
class TableCasesWithPartitions : public testing::TestWithParam<TableCase> {};
class TableCasesInParts : public testing::TestWithParam<TableCase> {};
class OrderFreeCases : public testing::TestWithParam<TableCase> {};

void expect_unchanged_by(CaseBatch batch, CaseTable& table) {
  SCOPED_TRACE("the last batch again");
  batch.added.clear();
  const std::vector<std::string> kept = table.auxiliary_rows();
  const Counts counts = table.apply(batch);
  EXPECT_TRUE(table.was_empty());
  EXPECT_EQ(counts.num_committed, 0U);
  EXPECT_EQ(num_changes(counts), batch.changes.size());
  EXPECT_EQ(counts.num_deleted, 0U);
  EXPECT_EQ(table.auxiliary_rows(), kept);
}

void expect_outcome(const TableCase& tested, CaseTable& table) {
  SCOPED_TRACE(tested.title());
  Counts sums;
  const std::vector<CaseBatch> batches = tested.batches();
  for (const CaseBatch& batch : batches) {
    sums = sums + table.apply(batch);
    ASSERT_FALSE(testing::Test::HasFailure());
  }

  EXPECT_THAT(table.rows(), ElementsAreArray(table.expected_rows("expect")));
  if (tested.find("expect_aux") != nullptr) {
    EXPECT_THAT(table.auxiliary_rows(), ElementsAreArray(table.expected_rows("expect_aux")));
  }
  const auto count = [&](std::string_view name) {
    const Document* value = tested.find("counts")->find(name);
    return value == nullptr ? 0U : static_cast<std::uint64_t>(value->as_integer().value());
  };
  EXPECT_EQ(sums.num_committed, count("committed"));
  EXPECT_EQ(sums.num_unchanged, count("unchanged"));
  EXPECT_EQ(sums.num_deduplicated, count("deduplicated"));
  EXPECT_EQ(sums.num_deleted, count("deleted"));
  // Files that are written again are put together, and those of partitions cannot be.
  const Document* files = tested.find("files");
  if (files != nullptr && table.has_deletion_vectors() && !table.is_partitioned()) {
    EXPECT_EQ(table.num_files(), static_cast<std::size_t>(files->as_integer().value()));
  }
  if (tested.has_history()) expect_unchanged_by(batches.back(), table);
}

TEST_P(TableCases, GivesTheExpectedTable) {
  CaseTable table(GetParam());
  expect_outcome(GetParam(), table);
}

TEST_P(TableCasesWithoutDeletionVectors, GivesTheExpectedTable) {
  CaseTable table(GetParam(), {.compatibility = delta::Compatibility::Max});
  EXPECT_FALSE(table.has_deletion_vectors());
  expect_outcome(GetParam(), table);
}

TEST_P(TableCasesInParts, GivesTheExpectedTable) {
  CaseTable table(GetParam(), {.compatibility = delta::Compatibility::Max}, Way::InParts);
  expect_outcome(GetParam(), table);
}

// By the first column, which is mostly a key, and by the last one, whose changes take rows to other
// partitions.
TEST_P(TableCasesWithPartitions, GivesTheExpectedTable) {
  const std::vector<std::string> columns = GetParam().columns_that_can_divide();
  std::vector<std::string> both = {columns.back()};
  const bool is_one_left = GetParam().source_schema().fields.size() > 2;
  if (columns.size() > 1 && is_one_left) both.push_back(columns.front());
  CaseTable usual(GetParam(), {.partition_columns = both});
  expect_outcome(GetParam(), usual);
  CaseTable max(GetParam(), {.compatibility = delta::Compatibility::Max,
                             .partition_columns = {columns.back()}});
  expect_outcome(GetParam(), max);
}

TEST_P(OrderFreeCases, GiveTheSameTableFromAnyBatches) {
  const TableCase& tested = GetParam();
  SCOPED_TRACE(tested.title());
  std::vector<CaseChange> changes;
  for (const CaseBatch& batch : tested.batches()) {
    changes.insert(changes.end(), batch.changes.begin(), batch.changes.end());
  }
  std::mt19937_64 random(changes.size());
  for (int round = 0; round < 2; ++round) {
    std::ranges::shuffle(changes, random);
    CaseTable table(tested);
    for (auto first = changes.begin(); first != changes.end();) {
      const auto left = static_cast<std::uint64_t>(changes.end() - first);
      const auto last = first + static_cast<std::ptrdiff_t>(1 + random() % std::min(left, 3UL));
      const Counts counts = table.apply({.changes = {first, last}});
      EXPECT_EQ(num_changes(counts), static_cast<std::uint64_t>(last - first));
      first = last;
    }
    ASSERT_THAT(table.rows(), ElementsAreArray(table.expected_rows("expect")));
  }
}

std::string name_of(const testing::TestParamInfo<TableCase>& tested) {
  return format("{}_{}", tested.param.file(), tested.index);
}

INSTANTIATE_TEST_SUITE_P(Files, TableCases, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Files, TableCasesWithoutDeletionVectors,
                         testing::ValuesIn(changing_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Files, TableCasesInParts, testing::ValuesIn(keyed_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Files, TableCasesWithPartitions, testing::ValuesIn(dividable_cases()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Files, OrderFreeCases, testing::ValuesIn(order_free_cases()), name_of);

}  // namespace
}  // namespace inlet::apply
