#include "inlet/data/row_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <compare>
#include <functional>
#include <limits>
#include <random>
#include <type_traits>

#include "inlet/data/column_builder.h"

namespace inlet {
namespace {

using testing::HasSubstr;

__extension__ using Signed128 = __int128;

std::shared_ptr<const Schema> one_column(Type type) {
  return std::make_shared<const Schema>(Schema{{{"k", std::move(type)}}});
}

std::string key_of(const RowKey& key, std::size_t row) {
  std::string out;
  key.append_to(out, row);
  return out;
}

int sign(int comparison) {
  return (comparison > 0) - (comparison < 0);
}

// NaN is one value, above all others; -0 is 0.
template <class Value>
int order(const Value& a, const Value& b) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) - std::isnan(b);
  }
  return (a > b) - (a < b);
}

// Row 0 is null; every pair of rows compares as its values do.
template <class Value>
void expect_same_order(Type type, const std::vector<Value>& values,
                       const std::function<void(ColumnBuilder&, const Value&)>& append) {
  BatchBuilder builder(one_column(std::move(type)));
  builder.column(0).append_null();
  for (const Value& value : values) append(builder.column(0), value);
  const Batch batch = builder.finish();
  const RowKey key = RowKey::make(batch, {"k"}).value();
  ASSERT_TRUE(key.has_null(0));
  std::vector<std::string> keys;
  for (std::size_t row = 0; row < batch.num_rows(); ++row) keys.push_back(key_of(key, row));
  for (std::size_t a = 0; a < values.size(); ++a) {
    ASSERT_FALSE(key.has_null(a + 1));
    ASSERT_LT(keys[0], keys[a + 1]) << "nulls come first";
    for (std::size_t b = 0; b < values.size(); ++b) {
      ASSERT_EQ(sign(keys[a + 1].compare(keys[b + 1])), order(values[a], values[b]))
          << key.describe(a + 1) << " against " << key.describe(b + 1);
    }
  }
}

template <class Integer>
std::vector<Integer> sample_integers(std::mt19937_64& random) {
  using Limits = std::numeric_limits<Integer>;
  std::vector<Integer> values = {0, 1, -1, 255, 256, -255, -256, Limits::min(), Limits::max()};
  for (int i = 0; i < 200; ++i) values.push_back(static_cast<Integer>(random() >> (random() % 60)));
  for (int i = 0; i < 200; ++i)
    values.push_back(static_cast<Integer>(0 - values[values.size() - 200]));
  return values;
}

template <class Float>
std::vector<Float> sample_floats(std::mt19937_64& random) {
  using Limits = std::numeric_limits<Float>;
  std::vector<Float> values = {0,
                               -Float{0},
                               1,
                               -1,
                               Limits::min(),
                               -Limits::min(),
                               Limits::denorm_min(),
                               -Limits::denorm_min(),
                               Limits::max(),
                               Limits::lowest(),
                               Limits::infinity(),
                               -Limits::infinity(),
                               Limits::quiet_NaN(),
                               -Limits::quiet_NaN()};
  std::normal_distribution<Float> normal;
  for (int i = 0; i < 200; ++i) {
    values.push_back(normal(random) *
                     static_cast<Float>(std::pow(10, static_cast<int>(random() % 40) - 20)));
  }
  return values;
}

std::vector<std::string> sample_texts(std::mt19937_64& random) {
  using namespace std::string_literals;
  std::vector<std::string> values = {"",   "a",   "a\0"s, "a\0\0"s, "a\0\1"s, "a\0\xFF"s,
                                     "ab", "a\1", "\0"s,  "\xFF",   "\u00e9", "z"};
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (std::size_t n = random() % 6; n > 0; --n)
      text.push_back(
          "\0\1\xFF\xFE"
          "ab"[random() % 6]);
    values.push_back(text);
  }
  return values;
}

TEST(RowKey, IntegersDatesAndTimesKeepTheirOrder) {
  std::mt19937_64 random(1);
  for (const TypeKind kind : {TypeKind::Int, TypeKind::Date}) {
    expect_same_order<std::int32_t>(
        {.kind = kind}, sample_integers<std::int32_t>(random),
        [](ColumnBuilder& column, const std::int32_t& value) { column.append_int32(value); });
  }
  for (const TypeKind kind : {TypeKind::Long, TypeKind::Timestamp}) {
    expect_same_order<std::int64_t>(
        {.kind = kind}, sample_integers<std::int64_t>(random),
        [](ColumnBuilder& column, const std::int64_t& value) { column.append_int64(value); });
  }
}

TEST(RowKey, FloatsAndDoublesKeepTheirOrder) {
  std::mt19937_64 random(2);
  expect_same_order<float>(
      {.kind = TypeKind::Float}, sample_floats<float>(random),
      [](ColumnBuilder& column, const float& value) { column.append_float32(value); });
  expect_same_order<double>(
      {.kind = TypeKind::Double}, sample_floats<double>(random),
      [](ColumnBuilder& column, const double& value) { column.append_float64(value); });
}

TEST(RowKey, DecimalsKeepTheirOrderBelowZeroToo) {
  std::mt19937_64 random(3);
  std::vector<Signed128> values = {0, 1, -1};
  for (const std::int64_t high : sample_integers<std::int64_t>(random)) {
    values.push_back(Signed128{high} * 5'000'000'000'000'000'000);
    values.push_back(Signed128{high});
  }
  expect_same_order<Signed128>(
      Type::decimal(38, 10), values,
      [](ColumnBuilder& column, const Signed128& value) { column.append_decimal(value); });
}

TEST(RowKey, BooleansKeepTheirOrder) {
  expect_same_order<int>(
      {.kind = TypeKind::Boolean}, {0, 1, 1, 0},
      [](ColumnBuilder& column, const int& value) { column.append_boolean(value != 0); });
}

TEST(RowKey, StringsBinaryAndJsonKeepTheByteOrderNulsIncluded) {
  std::mt19937_64 random(4);
  for (const TypeKind kind : {TypeKind::String, TypeKind::Binary, TypeKind::Json}) {
    expect_same_order<std::string>(
        {.kind = kind}, sample_texts(random),
        [](ColumnBuilder& column, const std::string& value) { column.append_bytes(value); });
  }
}

TEST(RowKey, SeveralColumnsCompareOneAfterTheOther) {
  std::mt19937_64 random(5);
  const auto schema = std::make_shared<const Schema>(Schema{{{"a", {.kind = TypeKind::String}},
                                                             {"b", {.kind = TypeKind::Binary}},
                                                             {"c", {.kind = TypeKind::Int}}}});
  using Row = std::tuple<std::string, std::string, std::int32_t>;
  const std::vector<std::string> texts = sample_texts(random);
  std::vector<Row> rows;
  BatchBuilder builder(schema);
  for (int i = 0; i < 300; ++i) {
    rows.emplace_back(texts[random() % texts.size()], texts[random() % texts.size()],
                      static_cast<int>(random() % 5) - 2);
    builder.column(0).append_bytes(std::get<0>(rows.back()));
    builder.column(1).append_bytes(std::get<1>(rows.back()));
    builder.column(2).append_int32(std::get<2>(rows.back()));
  }
  const Batch batch = builder.finish();
  const RowKey key = RowKey::make(batch, {"a", "b", "c"}).value();
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (std::size_t b = 0; b < rows.size(); ++b) {
      ASSERT_EQ(sign(key_of(key, a).compare(key_of(key, b))), order(rows[a], rows[b]))
          << key.describe(a) << " / " << key.describe(b);
    }
  }
}

Batch issue_batch() {
  const auto schema = std::make_shared<const Schema>(
      Schema{{{"id", {.kind = TypeKind::Long}},
              {"repo", Type::structure({{"name", {.kind = TypeKind::String}}})},
              {"price", Type::decimal(5, 2)},
              {"day", {.kind = TypeKind::Date}},
              {"at", {.kind = TypeKind::Timestamp}},
              {"tags", Type::list({.kind = TypeKind::String})},
              {"attributes", Type::map({.kind = TypeKind::String}, {.kind = TypeKind::Long})}}});
  BatchBuilder builder(schema);
  for (int row = 0; row < 2; ++row) {
    builder.column(0).append_int64(5);
    builder.column(1).append_struct();
    builder.column(1).child(0).append_bytes("a/\"b");
    builder.column(2).append_decimal(-5);
    builder.column(3).append_int32(-1);
    builder.column(4).append_int64(1'000'001);
    builder.column(5).child(0).append_bytes("x");
    builder.column(5).end_list();
    for (const int entry : {row, 1 - row}) {
      builder.column(6).child(0).append_bytes(entry == 0 ? "p" : "q");
      builder.column(6).child(1).append_int64(entry);
    }
    builder.column(6).end_list();
  }
  return builder.finish();
}

TEST(RowKey, DescribesARowForPeople) {
  const Batch batch = issue_batch();
  const RowKey key = RowKey::make(batch, {"id", "repo.name", "price", "day", "at"}).value();
  EXPECT_EQ(
      key.describe(0),
      R"(id=5, repo.name="a/\"b", price=-0.05, day=1969-12-31, at=1970-01-01T00:00:01.000001Z)");
}

TEST(RowKey, RefusesUnknownAndNestedColumns) {
  const Batch batch = issue_batch();
  for (const char* path : {"nope", "repo.nope", "repo", "tags", "attributes"}) {
    const auto key = RowKey::make(batch, {"id", path});
    ASSERT_FALSE(key) << path;
    EXPECT_EQ(key.error().kind, ErrorKind::Config);
    EXPECT_THAT(key.error().message, HasSubstr(path));
  }
}

const std::vector<std::string> kAll = {"id", "repo", "price", "day", "at", "tags", "attributes"};

TEST(RowHash, EqualRowsHaveEqualHashesWhateverTheOrderOfMapEntries) {
  const Batch batch = issue_batch();
  EXPECT_EQ(RowHasher(batch, kAll)(0), RowHasher(batch, kAll)(1));
}

TEST(RowHash, EveryColumnAskedForCountsAndNoOther) {
  const Batch batch = issue_batch();
  for (std::size_t i = 0; i < kAll.size(); ++i) {
    std::vector<std::string> fewer = kAll;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(RowHasher(batch, fewer)(0), RowHasher(batch, kAll)(0)) << kAll[i];
  }
}

TEST(RowHash, AMissingColumnIsANullOne) {
  BatchBuilder with(one_column({.kind = TypeKind::Long}));
  with.column(0).append_null();
  const Batch batch = with.finish();
  EXPECT_EQ(RowHasher(batch, {"k"})(0), RowHasher(batch, {"other"})(0));
}

TEST(RowHash, OneValueHasAHashOfItsOwnAndNullHasNone) {
  BatchBuilder rows(one_column({.kind = TypeKind::String}));
  for (const char* text : {"a", "b", "a", ""}) rows.column(0).append_bytes(text);
  rows.column(0).append_null();
  const Batch batch = rows.finish();
  const ColumnView column = *ColumnView::find(batch, "k");
  EXPECT_EQ(value_hash(column, 0), value_hash(column, 2));
  EXPECT_NE(value_hash(column, 0), value_hash(column, 1));
  EXPECT_NE(value_hash(column, 3), RowHash{});
  EXPECT_EQ(value_hash(column, 4), RowHash{});
}

TEST(RowHash, BordersBetweenValuesCount) {
  const auto schema =
      std::make_shared<const Schema>(Schema{{{"a", {.kind = TypeKind::String}},
                                             {"b", {.kind = TypeKind::String}},
                                             {"l", Type::list({.kind = TypeKind::String})}}});
  BatchBuilder builder(schema);
  const auto add = [&](std::string_view a, std::string_view b,
                       std::initializer_list<std::string_view> list) {
    builder.column(0).append_bytes(a);
    builder.column(1).append_bytes(b);
    for (const auto item : list) builder.column(2).child(0).append_bytes(item);
    builder.column(2).end_list();
  };
  add("ab", "c", {});
  add("a", "bc", {});
  add("abc", "", {});
  add("ab", "c", {""});
  add("ab", "c", {"", ""});
  const Batch batch = builder.finish();
  for (std::size_t a = 0; a < 5; ++a) {
    for (std::size_t b = 0; b < 5; ++b) {
      EXPECT_EQ(RowHasher(batch, {"a", "b", "l"})(a) == RowHasher(batch, {"a", "b", "l"})(b),
                a == b);
    }
  }
}

}  // namespace
}  // namespace inlet
