#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"
#include "inlet/index/file_bounds_internal.h"

namespace inlet::index {
namespace {

/// One column `k` of `type`, whose values `append` puts there.
template <class Append>
std::string key_of(Type type, Append append) {
  BatchBuilder builder(std::make_shared<const Schema>(Schema{{{"k", std::move(type)}}}));
  append(builder.column(0));
  const Batch batch = builder.finish();
  std::string bytes;
  RowKey::make(batch, {"k"}).value().append_to(bytes, 0);
  return bytes;
}

std::string long_key(std::int64_t value) {
  return key_of({TypeKind::Long}, [&](ColumnBuilder& column) { column.append_int64(value); });
}
std::string text_key(std::string_view value) {
  return key_of({TypeKind::String}, [&](ColumnBuilder& column) { column.append_bytes(value); });
}
std::string moment_key(std::int64_t value) {
  return key_of({TypeKind::Timestamp}, [&](ColumnBuilder& column) { column.append_int64(value); });
}
std::string double_key(double value) {
  return key_of({TypeKind::Double}, [&](ColumnBuilder& column) { column.append_float64(value); });
}
std::string float_key(float value) {
  return key_of({TypeKind::Float}, [&](ColumnBuilder& column) { column.append_float32(value); });
}
std::string decimal_key(std::int64_t unscaled) {
  return key_of(Type::decimal(20, 2),
                [&](ColumnBuilder& column) { column.append_decimal(unscaled); });
}

/// Whether a file with these bounds of `k` has to be read for `key`.
bool may_hold(const Type& type, const std::string& min, const std::string& max,
              const std::string& key) {
  const Schema schema{{{"k", type}}};
  const std::vector<delta::DataFile> files = {
      {.path = "f",
       .stats = R"({"minValues":{"k":)" + min + R"(},"maxValues":{"k":)" + max + "}}"}};
  const std::string_view keys[] = {key};
  return Pruner(type, keys).may_hold(read_bounds(schema, "k", files).front());
}

TEST(FileBounds, WholeNumbersAreExact) {
  const auto holds = [](std::int64_t key) {
    return may_hold({TypeKind::Long}, "-5", "9007199254740993", long_key(key));
  };
  EXPECT_TRUE(holds(-5));
  EXPECT_TRUE(holds(9007199254740993));
  EXPECT_FALSE(holds(-6));
  EXPECT_FALSE(holds(9007199254740994)) << "a double cannot tell these two apart";
}

TEST(FileBounds, TextMayGoOnAfterItsBounds) {
  const std::string head(32, 'm');
  const auto holds = [&](std::string_view key) {
    return may_hold({TypeKind::String}, '"' + head + '"', '"' + head + "\\u007f\"", text_key(key));
  };
  EXPECT_TRUE(holds(head));
  EXPECT_TRUE(holds(head + "zzz"));
  EXPECT_FALSE(holds(std::string(31, 'm')));
  EXPECT_FALSE(holds("n"));
  EXPECT_TRUE(may_hold({TypeKind::String}, "\"a\"", "\"mm\"", text_key("mmz")))
      << "a writer that cut the upper bound without a tie-breaker";
  EXPECT_FALSE(may_hold({TypeKind::String}, "\"a\"", "\"mm\"", text_key("mn")));
}

TEST(FileBounds, TextWithNulsKeepsItsOrder) {
  using namespace std::string_literals;
  EXPECT_TRUE(may_hold({TypeKind::String}, R"("a\u0000")", R"("a\u0000b")", text_key("a\0b"s)));
  EXPECT_FALSE(may_hold({TypeKind::String}, R"("a\u0000")", R"("a\u0000b")", text_key("a"s)));
}

TEST(FileBounds, MomentsAreFlooredToMilliseconds) {
  constexpr std::int64_t kSecond = 1'000'000;
  const auto holds = [](std::int64_t key) {
    return may_hold({TypeKind::Timestamp}, R"("1970-01-01T00:00:01.000Z")",
                    R"("1970-01-01T00:00:02.500Z")", moment_key(key));
  };
  EXPECT_TRUE(holds(kSecond));
  EXPECT_TRUE(holds(2 * kSecond + 500'999)) << "the upper bound was cut off";
  EXPECT_FALSE(holds(kSecond - 2'000));
  EXPECT_FALSE(holds(2 * kSecond + 502'000));
}

TEST(FileBounds, MomentsAreReadInTheSpellingsOfOtherWriters) {
  for (const char* text :
       {"2001-02-03T04:05:06Z", "2001-02-03T04:05:06.000Z", "2001-02-03 04:05:06",
        "2001-02-03T06:05:06.000+02:00", "2001-02-03T00:35:06.000000-0330"}) {
    const auto holds = [&](std::int64_t key) {
      const std::string bound = '"' + std::string(text) + '"';
      return may_hold({TypeKind::Timestamp}, bound, bound, moment_key(key));
    };
    EXPECT_TRUE(holds(981'173'106'000'000)) << text;
    EXPECT_FALSE(holds(981'173'109'000'000)) << text;
    EXPECT_FALSE(holds(981'173'103'000'000)) << text;
  }
}

TEST(FileBounds, DatesAreExact) {
  const auto holds = [](std::int32_t days) {
    return may_hold(
        {TypeKind::Date}, R"("1969-12-31")", R"("1970-01-03")",
        key_of({TypeKind::Date}, [&](ColumnBuilder& column) { column.append_int32(days); }));
  };
  EXPECT_TRUE(holds(-1));
  EXPECT_TRUE(holds(2));
  EXPECT_FALSE(holds(-2));
  EXPECT_FALSE(holds(3));
}

TEST(FileBounds, RealNumbersAreWidenedByTheirLastDigit) {
  EXPECT_TRUE(may_hold({TypeKind::Double}, "0.1", "0.3", double_key(0.1 + 0.2)));
  EXPECT_FALSE(may_hold({TypeKind::Double}, "0.1", "0.3", double_key(0.31)));
  EXPECT_TRUE(may_hold({TypeKind::Float}, "0.1", "0.3", float_key(0.3F)));
  EXPECT_FALSE(may_hold({TypeKind::Float}, "0.1", "0.3", float_key(0.0999F)));
}

TEST(FileBounds, NotANumberIsInNoBounds) {
  EXPECT_TRUE(may_hold({TypeKind::Double}, "0.1", "0.3", double_key(std::nan(""))));
  EXPECT_TRUE(may_hold({TypeKind::Float}, "0.1", "0.3", float_key(std::nanf(""))));
  EXPECT_FALSE(may_hold({TypeKind::Double}, "0.1", "0.3",
                        double_key(std::numeric_limits<double>::infinity())));
  EXPECT_FALSE(
      may_hold({TypeKind::Float}, "0.1", "0.3", float_key(std::numeric_limits<float>::infinity())));
}

TEST(FileBounds, DecimalsKeepTheirScale) {
  const Type type = Type::decimal(20, 2);
  EXPECT_TRUE(may_hold(type, "-0.05", "12345.67", decimal_key(-5)));
  EXPECT_TRUE(may_hold(type, "-0.05", "12345.67", decimal_key(1'234'567)));
  EXPECT_FALSE(may_hold(type, "-0.05", "12345.67", decimal_key(-9)));
  EXPECT_FALSE(may_hold(type, "-0.05", "12345.67", decimal_key(1'234'571)));
  EXPECT_TRUE(may_hold(type, "1", "90071992547409931234.56", decimal_key(900'719'925'474'099'312)));
}

TEST(FileBounds, ANullKeyIsInNoBounds) {
  EXPECT_TRUE(may_hold({TypeKind::Long}, "1", "2",
                       key_of({TypeKind::Long}, [](ColumnBuilder& c) { c.append_null(); })));
}

TEST(FileBounds, WhatCannotBeReliedOnRulesNothingOut) {
  for (const char* bound :
       {"null", "\"x\"", "1.5", "1e300", "true", "{}", "18446744073709551615"}) {
    EXPECT_TRUE(may_hold({TypeKind::Long}, bound, bound, long_key(77))) << bound;
  }
  for (const char* bound : {"\"NaN\"", "\"Infinity\"", "null"}) {
    EXPECT_TRUE(may_hold({TypeKind::Double}, bound, bound, double_key(77))) << bound;
  }
  for (const char* bound :
       {"\"0\"", "\"2001-02-30\"", "\"+12001-02-03\"", "\"2001-02-03T\"", "5"}) {
    EXPECT_TRUE(may_hold({TypeKind::Timestamp}, bound, bound, moment_key(77))) << bound;
  }
  EXPECT_TRUE(
      may_hold({TypeKind::Boolean}, "false", "false",
               key_of({TypeKind::Boolean}, [](ColumnBuilder& c) { c.append_boolean(true); })));
}

TEST(FileBounds, NoStatisticsRuleNothingOut) {
  const Schema schema{{{"k", {TypeKind::Long}}}};
  for (const char* stats : {"", "{", "[]", "7", "{}", R"({"minValues":3,"maxValues":null})",
                            R"({"minValues":{"other":5},"maxValues":{"other":5}})"}) {
    const std::vector<delta::DataFile> files = {{.path = "f", .stats = stats}};
    const std::string key = long_key(77);
    const std::string_view keys[] = {key};
    EXPECT_TRUE(Pruner({TypeKind::Long}, keys).may_hold(read_bounds(schema, "k", files).front()))
        << stats;
  }
}

TEST(FileBounds, OneBoundIsUsedWithoutTheOther) {
  EXPECT_FALSE(may_hold({TypeKind::Long}, "10", "null", long_key(9)));
  EXPECT_TRUE(may_hold({TypeKind::Long}, "10", "null", long_key(11)));
  EXPECT_FALSE(may_hold({TypeKind::Long}, "null", "10", long_key(11)));
  EXPECT_TRUE(may_hold({TypeKind::Long}, "null", "10", long_key(-11)));
}

TEST(FileBounds, ANestedColumnIsFoundAsTheSchemaCutsItsPath) {
  const Schema nested{{{"a", Type::structure({{"b", {TypeKind::Long}}})}}};
  const Schema dotted{
      {{"a.b", {TypeKind::Long}}, {"a", Type::structure({{"b", {TypeKind::Long}}})}}};
  const std::vector<delta::DataFile> files = {
      {.path = "f", .stats = R"({"minValues":{"a":{"b":1}},"maxValues":{"a":{"b":2}}})"}};
  const std::string key = long_key(7);
  const std::string_view keys[] = {key};
  const Pruner pruner({TypeKind::Long}, keys);
  EXPECT_FALSE(pruner.may_hold(read_bounds(nested, "a.b", files).front()));
  EXPECT_TRUE(pruner.may_hold(read_bounds(dotted, "a.b", files).front()))
      << "these bounds are of another column";
}

TEST(FileBounds, OnlyTheFirstOfSeveralColumnsIsLookedAt) {
  const std::string key = long_key(5) + long_key(9'000);
  EXPECT_TRUE(may_hold({TypeKind::Long}, "5", "5", key));
  EXPECT_FALSE(may_hold({TypeKind::Long}, "3", "4", key));
  EXPECT_FALSE(may_hold({TypeKind::Long}, "6", "7", key));
}

// Whether a file of this partition has to be read for `key`.
bool partition_may_hold(const Type& type, const std::string& value, const std::string& key) {
  const Schema schema{{{"k", type}, {"other", {TypeKind::Long}}}};
  const std::vector<delta::DataFile> files = {
      {.path = "f", .partition = R"({"a":"1","k":)" + value + "}"}};
  const std::string_view keys[] = {key};
  return Pruner(type, keys).may_hold(read_bounds(schema, "k", files).front());
}

TEST(FileBounds, APartitionHasTheOneValueThatTheLogSpells) {
  EXPECT_TRUE(partition_may_hold({TypeKind::Long}, R"("7")", long_key(7)));
  EXPECT_FALSE(partition_may_hold({TypeKind::Long}, R"("7")", long_key(6)));
  EXPECT_FALSE(partition_may_hold({TypeKind::Long}, R"("7")", long_key(8)));
  EXPECT_TRUE(partition_may_hold({TypeKind::String}, R"("7")", text_key("7")));
  EXPECT_FALSE(partition_may_hold({TypeKind::String}, R"("7")", text_key("6")));
  for (const char* moment :
       {R"("2001-02-03 04:05:06.000001")", R"("2001-02-03T04:05:06.000001Z")"}) {
    EXPECT_TRUE(partition_may_hold({TypeKind::Timestamp}, moment, moment_key(981173106'000'001)));
    EXPECT_FALSE(partition_may_hold({TypeKind::Timestamp}, moment, moment_key(981173107'000'001)));
  }
  EXPECT_TRUE(partition_may_hold(Type::decimal(20, 2), R"("-12.34")", decimal_key(-1234)));
  EXPECT_FALSE(partition_may_hold(Type::decimal(20, 2), R"("-12.34")", decimal_key(1234)));
}

TEST(FileBounds, APartitionWithoutAReadableValueRulesNothingOut) {
  EXPECT_TRUE(partition_may_hold({TypeKind::Long}, "null", long_key(7)));
  EXPECT_TRUE(partition_may_hold({TypeKind::Long}, R"("x")", long_key(7)));
  EXPECT_TRUE(partition_may_hold({TypeKind::Double}, R"("NaN")", double_key(7)));
}

TEST(FileBounds, OneOfManyKeysIsEnough) {
  const Schema schema{{{"k", {TypeKind::Long}}}};
  const std::vector<delta::DataFile> files = {
      {.path = "f", .stats = R"({"minValues":{"k":10},"maxValues":{"k":20}})"}};
  const Bounds bounds = read_bounds(schema, "k", files).front();
  const std::string below = long_key(9), within = long_key(15), above = long_key(21);
  const std::string_view all[] = {above, below, within};
  const std::string_view outside[] = {above, below};
  EXPECT_TRUE(Pruner({TypeKind::Long}, all).may_hold(bounds));
  EXPECT_FALSE(Pruner({TypeKind::Long}, outside).may_hold(bounds));
  EXPECT_FALSE(Pruner({TypeKind::Long}, {}).may_hold(bounds));
}

}  // namespace
}  // namespace inlet::index
