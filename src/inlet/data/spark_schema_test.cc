#include "inlet/data/spark_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet {
namespace {

using testing::HasSubstr;

Schema every_type() {
  const auto scalar = [](TypeKind kind) { return Type{.kind = kind}; };
  std::vector<Field> fields;
  for (const auto kind :
       {TypeKind::Boolean, TypeKind::Int, TypeKind::Long, TypeKind::Float, TypeKind::Double,
        TypeKind::String, TypeKind::Binary, TypeKind::Date, TypeKind::Timestamp, TypeKind::Json}) {
    fields.push_back({"c" + std::to_string(fields.size()), scalar(kind), fields.size() % 2 == 0});
  }
  fields.push_back({"price", Type::decimal(38, 9)});
  Type tags = Type::list(scalar(TypeKind::Json));
  tags.fields[0].is_nullable = false;
  fields.push_back({"user", Type::structure({{"login", scalar(TypeKind::String), false},
                                             {"extra", scalar(TypeKind::Json)},
                                             {"tags", tags}})});
  fields.push_back(
      {"map", Type::map(scalar(TypeKind::String), Type::list(scalar(TypeKind::Json)))});
  return {fields};
}

Result<Schema> parse(const char* type) {
  return from_spark_json(
      {{"type", "struct"},
       {"fields",
        {{{"name", "a"}, {"type", type}, {"nullable", true}, {"metadata", Json::object()}}}}});
}

TEST(SparkSchema, EveryTypeSurvivesTheWayThereAndBack) {
  const Schema schema = every_type();
  const auto back = from_spark_json(parse_json(to_text(to_spark_json(schema))).value());
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, schema);
}

TEST(SparkSchema, IsSpelledAsSparkSpellsIt) {
  const Schema schema{{{"id", {.kind = TypeKind::Long}, false, "Unique."},
                       {"raw", {.kind = TypeKind::Json}},
                       {"n", {.kind = TypeKind::Int}},
                       {"labels", Type::list({.kind = TypeKind::String})}}};
  const auto expected = parse_json(R"({"type": "struct", "fields": [
    {"name": "id", "type": "long", "nullable": false, "metadata": {"comment": "Unique."}},
    {"name": "raw", "type": "string", "nullable": true, "metadata": {"inlet.type": "json"}},
    {"name": "n", "type": "integer", "nullable": true, "metadata": {}},
    {"name": "labels", "nullable": true, "metadata": {},
     "type": {"type": "array", "elementType": "string", "containsNull": true}}]})");
  EXPECT_EQ(to_spark_json(schema), expected.value());
}

TEST(SparkSchema, CommentsComeBack) {
  const Schema schema{{{"id", {.kind = TypeKind::Long}, true, "Unique."}}};
  EXPECT_EQ(from_spark_json(to_spark_json(schema)).value().fields[0].comment, "Unique.");
}

TEST(SparkSchema, AnUnknownTypeNamesItsColumn) {
  for (const char* type :
       {"variant", "timestamp_ntz", "short", "interval day to second", "bigint"}) {
    const auto schema = parse(type);
    ASSERT_FALSE(schema) << type;
    EXPECT_EQ(schema.error().kind, ErrorKind::Config);
    EXPECT_THAT(schema.error().message, HasSubstr("column a: "));
    EXPECT_THAT(schema.error().message, HasSubstr(type));
  }
}

TEST(SparkSchema, DecimalsAreReadWithinTheirLimits) {
  EXPECT_EQ(parse("decimal(10,2)").value().fields[0].type, Type::decimal(10, 2));
  EXPECT_EQ(parse("decimal(7)").value().fields[0].type, Type::decimal(7, 0));
  for (const char* type :
       {"decimal(39,0)", "decimal(5,6)", "decimal(,)", "decimal(5,2) ", "decimal(5"}) {
    EXPECT_FALSE(parse(type)) << type;
  }
}

TEST(SparkSchema, MalformedJsonIsAnErrorAndNoCrash) {
  for (const char* text : {"[]", "{}", R"({"type":"struct"})", R"({"type":"struct","fields":[1]})",
                           R"({"type":"struct","fields":[{"name":"a"}]})",
                           R"({"type":"struct","fields":[{"name":"a","type":{"type":"array"}}]})",
                           R"({"type":"struct","fields":[{"name":"a","type":7,"metadata":3}]})"}) {
    const auto schema = from_spark_json(parse_json(text).value());
    ASSERT_FALSE(schema) << text;
    EXPECT_EQ(schema.error().kind, ErrorKind::Config);
  }
}

}  // namespace
}  // namespace inlet
