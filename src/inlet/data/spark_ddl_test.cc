#include "inlet/data/spark_ddl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet {
namespace {

using testing::HasSubstr;

std::string parsed(std::string_view text) {
  const auto schema = parse_spark_ddl(text);
  return schema ? to_text(Type::structure(schema->fields)) : schema.error().message;
}

TEST(SparkDdl, ReadsScalarAndNestedColumns) {
  EXPECT_EQ(parsed("id bigint, name STRING , price Decimal( 10 , 2 ),at timestamp"),
            "struct<id:bigint,name:string,price:decimal(10,2),at:timestamp>");
  EXPECT_EQ(
      parsed("user struct<login: string, ids:array<bigint>>, m map<string,struct<a int>>, j json"),
      "struct<user:struct<login:string,ids:array<bigint>>,m:map<string,struct<a:int>>,j:json>");
}

TEST(SparkDdl, ReadsNullabilityCommentsAndQuotedNames) {
  const Schema schema =
      parse_spark_ddl("`a, ``b` bigint NOT NULL COMMENT 'It''s one.', notes string").value();
  ASSERT_EQ(schema.fields.size(), 2U);
  EXPECT_EQ(schema.fields[0].name, "a, `b");
  EXPECT_FALSE(schema.fields[0].is_nullable);
  EXPECT_EQ(schema.fields[0].comment, "It's one.");
  EXPECT_TRUE(schema.fields[1].is_nullable);
}

TEST(SparkDdl, EveryToTextIsReadBack) {
  const std::string text =
      "struct<a:map<string,array<decimal(38,9)>>,b:struct<c:binary,d:date>,e:boolean>";
  EXPECT_EQ(parsed("x " + text), "struct<x:" + text + ">");
}

TEST(SparkDdl, NamesThePlaceThatIsWrong) {
  EXPECT_THAT(parsed(""), HasSubstr("character 1: expected a column's name"));
  EXPECT_THAT(parsed("id"), HasSubstr("expected a type"));
  EXPECT_THAT(parsed("id bigint name string"),
              HasSubstr("expected a comma or the end before \"name string\""));
  EXPECT_THAT(parsed("l array<string"), HasSubstr("expected >"));
  EXPECT_THAT(parsed("id bigint COMMENT x"), HasSubstr("a comment in quotes"));
  EXPECT_THAT(parsed("id bigit"), HasSubstr("bigint"));
  EXPECT_FALSE(parse_spark_ddl("id bigint, ID string"));
}

}  // namespace
}  // namespace inlet
