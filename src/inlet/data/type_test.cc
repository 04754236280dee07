#include "inlet/data/type.h"

#include <gtest/gtest.h>

#include "inlet/data/batch.h"

namespace inlet {
namespace {

TEST(Type, ScalarsAreParsedFromSparksNames) {
  for (const char* name : {"boolean", "int", "bigint", "float", "double", "string", "binary",
                           "date", "timestamp", "json", "decimal(38,9)"}) {
    const auto type = parse_scalar_type(name);
    ASSERT_TRUE(type) << name;
    EXPECT_EQ(to_text(*type), name);
  }
  EXPECT_EQ(parse_scalar_type("LONG")->kind, TypeKind::Long);
  EXPECT_EQ(*parse_scalar_type("Decimal( 12, 3 )"), Type::decimal(12, 3));
  EXPECT_EQ(*parse_scalar_type("decimal(5)"), Type::decimal(5, 0));
}

TEST(Type, UnknownNamesAreConfigErrorsWithASuggestion) {
  const auto type = parse_scalar_type("bigitn");
  ASSERT_FALSE(type);
  EXPECT_EQ(type.error().kind, ErrorKind::Config);
  EXPECT_NE(type.error().message.find("\"bigint\""), std::string::npos) << type.error().message;
  for (const char* text : {"decimal(39,0)", "decimal(5,6)", "decimal(0,0)", "decimal(5,2",
                           "decimal5,2)", "decimal(5,2)x", "decimal(a)", "decimal()", ""}) {
    EXPECT_FALSE(parse_scalar_type(text)) << text;
  }
}

TEST(Type, NestedTypesAreWrittenAsSparkDoes) {
  const Type type = Type::map(
      Type{TypeKind::String},
      Type::list(Type::structure({{"a", Type{TypeKind::Long}}, {"b", Type::decimal(5, 2)}})));
  EXPECT_EQ(to_text(type), "map<string,array<struct<a:bigint,b:decimal(5,2)>>>");
}

TEST(Schema, FindsDottedPathsButWholeNamesFirst) {
  const Schema schema{
      {{"user", Type::structure({{"login", Type{TypeKind::String}}})},
       {"a.b", Type{TypeKind::Int}},
       {"a", Type::structure({{"b", Type{TypeKind::Long}}, {"c", Type{TypeKind::Date}}})}}};
  EXPECT_EQ(schema.find("user.login")->type.kind, TypeKind::String);
  EXPECT_EQ(schema.find("a.b")->type.kind, TypeKind::Int);
  EXPECT_EQ(schema.find("a.c")->type.kind, TypeKind::Date);
  EXPECT_EQ(schema.find("a.d"), nullptr);
  EXPECT_EQ(schema.find("user."), nullptr);
  EXPECT_EQ(schema.index_of("a"), 2U);
  EXPECT_EQ(schema.index_of("A"), std::nullopt);
}

TEST(Schema, ValidationNamesThePath) {
  const auto message = [](std::vector<Field> fields) {
    const Status status = validate(Schema{std::move(fields)});
    return status ? std::string("valid") : status.error().message;
  };
  const Type number{TypeKind::Int};
  EXPECT_EQ(message({{"a", number}, {"b", Type::list(number)}}), "valid");
  EXPECT_EQ(message({{"a", number}, {"A", number}}),
            "column A is there twice; names differ by more than case");
  EXPECT_EQ(message({{"s", Type::structure({{"d", Type::decimal(40, 0)}})}}),
            "column s.d: decimal(40,0) is out of range");
  EXPECT_EQ(message({{"s", Type::structure({})}}), "column s: a struct needs at least one member");
  EXPECT_EQ(message({{"l", Type{.kind = TypeKind::List}}}),
            "column l: a list has exactly one element type");
  Type map = Type::map(number, number);
  map.fields[0].is_nullable = true;
  EXPECT_EQ(message({{"m", map}}), "column m: a map key is never null");
  EXPECT_NE(message({{"", number}}), "valid");
}

TEST(Schema, SurvivesArrowsForm) {
  const Schema schema{{{"id", Type{TypeKind::Long}, false},
                       {"t", Type{TypeKind::Timestamp}},
                       {"d", Type::decimal(12, 3)},
                       {"l", Type::list(Type::structure({{"x", Type{TypeKind::Binary}}}))},
                       {"m", Type::map(Type{TypeKind::String}, Type{TypeKind::Date})}}};
  ArrowSchema arrow = to_arrow_schema(schema);
  EXPECT_STREQ(arrow.children[1]->format, "tsu:UTC");
  EXPECT_STREQ(arrow.children[4]->children[0]->name, "key_value");
  const auto back = from_arrow_schema(arrow);
  arrow.release(&arrow);
  EXPECT_EQ(arrow.release, nullptr);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, schema);
}

TEST(Schema, RefusesArrowTypesThatInletDoesNotHave) {
  ArrowSchema arrow = to_arrow_schema(Schema{{{"text", Type{TypeKind::String}}}});
  arrow.children[0]->format = "U";
  const auto schema = from_arrow_schema(arrow);
  arrow.release(&arrow);
  ASSERT_FALSE(schema);
  EXPECT_EQ(schema.error().message, "column text: unsupported Arrow type \"U\"");
}

}  // namespace
}  // namespace inlet
