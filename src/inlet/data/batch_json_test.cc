#include "inlet/data/batch_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "inlet/base/json.h"
#include "inlet/data/column_builder.h"

namespace inlet {
namespace {

std::shared_ptr<const Schema> schema_of(std::vector<Field> fields) {
  return std::make_shared<const Schema>(Schema{std::move(fields)});
}

Field field(std::string name, TypeKind kind) {
  return {std::move(name), Type{.kind = kind}};
}

TEST(BatchJson, KeepsEveryDigitOfIntegersAndDecimals) {
  BatchBuilder rows(schema_of({field("i", TypeKind::Int),
                               field("l", TypeKind::Long),
                               {"d", Type::decimal(38, 2)},
                               {"whole", Type::decimal(5, 0)}}));
  rows.column(0).append_int32(std::numeric_limits<std::int32_t>::min());
  rows.column(1).append_int64(std::numeric_limits<std::int64_t>::max());
  rows.column(2).append_decimal(-7);
  rows.column(3).append_decimal(120);
  EXPECT_EQ(row_to_json(rows.finish(), 0),
            R"({"i":-2147483648,"l":9223372036854775807,"d":-0.07,"whole":120})");
}

TEST(BatchJson, WritesFloatsSoThatTheyComeBackEqual) {
  BatchBuilder rows(schema_of({field("f", TypeKind::Float), field("d", TypeKind::Double)}));
  rows.column(0).append_float32(0.1F);
  rows.column(1).append_float64(0.1);
  rows.column(0).append_float32(2.0F);
  rows.column(1).append_float64(1e300);
  rows.column(0).append_float32(std::numeric_limits<float>::quiet_NaN());
  rows.column(1).append_float64(-std::numeric_limits<double>::infinity());
  const Batch batch = rows.finish();
  EXPECT_EQ(row_to_json(batch, 0), R"({"f":0.1,"d":0.1})");
  EXPECT_EQ(row_to_json(batch, 1), R"({"f":2.0,"d":1e+300})");
  EXPECT_EQ(row_to_json(batch, 2), R"({"f":"NaN","d":"-Infinity"})");
}

TEST(BatchJson, WritesTimesInUtcAndDatesAsDays) {
  BatchBuilder rows(schema_of({field("t", TypeKind::Timestamp), field("d", TypeKind::Date)}));
  rows.column(0).append_int64(1'767'323'045'000'001);
  rows.column(1).append_int32(-1);
  EXPECT_EQ(row_to_json(rows.finish(), 0),
            R"({"t":"2026-01-02T03:04:05.000001Z","d":"1969-12-31"})");
}

TEST(BatchJson, EscapesTextAndReplacesBytesThatAreNoUtf8) {
  BatchBuilder rows(schema_of({field("s", TypeKind::String)}));
  for (const std::string_view text : {"a\"b\\\n", "grüße", "\xff!"})
    rows.column(0).append_bytes(text);
  const Batch batch = rows.finish();
  EXPECT_EQ(row_to_json(batch, 0), R"({"s":"a\"b\\\n"})");
  EXPECT_EQ(row_to_json(batch, 1), R"({"s":"grüße"})");
  EXPECT_EQ(row_to_json(batch, 2), "{\"s\":\"\xef\xbf\xbd!\"}");
}

TEST(BatchJson, WritesBinaryAsBase64AndJsonAsItIs) {
  BatchBuilder rows(schema_of({field("b", TypeKind::Binary), field("j", TypeKind::Json)}));
  for (const std::string_view bytes : {"", "M", "Ma", "Man", "Man\xff"}) {
    rows.column(0).append_bytes(bytes);
    rows.column(1).append_bytes(R"({"x":1.10})");
  }
  const Batch batch = rows.finish();
  EXPECT_EQ(row_to_json(batch, 0), R"({"b":"","j":{"x":1.10}})");
  EXPECT_EQ(row_to_json(batch, 1), R"({"b":"TQ==","j":{"x":1.10}})");
  EXPECT_EQ(row_to_json(batch, 2), R"({"b":"TWE=","j":{"x":1.10}})");
  EXPECT_EQ(row_to_json(batch, 3), R"({"b":"TWFu","j":{"x":1.10}})");
  EXPECT_EQ(row_to_json(batch, 4), R"({"b":"TWFu/w==","j":{"x":1.10}})");
}

TEST(BatchJson, WritesNestedValuesAndNulls) {
  const Type user =
      Type::structure({field("login", TypeKind::String), field("id", TypeKind::Long)});
  const Type counts = Type::map(Type{.kind = TypeKind::Int}, Type{.kind = TypeKind::Boolean});
  BatchBuilder rows(schema_of({{"user", user}, {"tags", Type::list(Type{})}, {"counts", counts}}));
  rows.column(0).append_struct();
  rows.column(0).child(0).append_bytes("mona");
  rows.column(0).child(1).append_null();
  rows.column(1).child(0).append_bytes("a");
  rows.column(1).child(0).append_null();
  rows.column(1).end_list();
  rows.column(2).child(0).append_int32(5);
  rows.column(2).child(1).append_boolean(true);
  rows.column(2).end_list();
  for (std::size_t i = 0; i < 3; ++i) rows.column(i).append_null();
  const Batch batch = rows.finish();
  EXPECT_EQ(row_to_json(batch, 0),
            R"({"user":{"login":"mona","id":null},"tags":["a",null],"counts":{"5":true}})");
  EXPECT_EQ(row_to_json(batch, 1), R"({"user":null,"tags":null,"counts":null})");
}

}  // namespace
}  // namespace inlet
