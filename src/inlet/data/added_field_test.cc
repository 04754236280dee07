#include "inlet/data/added_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testkit/row_text.h"

namespace inlet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Schema schema_of(const std::vector<std::pair<std::string, std::string>>& columns) {
  Schema schema;
  for (const auto& [name, type] : columns) {
    schema.fields.push_back({name, testkit::parse_type(type).value(), false});
  }
  return schema;
}

std::vector<std::string> paths(const std::vector<AddedField>& fields) {
  std::vector<std::string> paths;
  for (const AddedField& added : fields) paths.push_back(added.path());
  return paths;
}

std::vector<std::string> texts(const Schema& schema) {
  std::vector<std::string> texts;
  for (const Field& field : schema.fields) texts.push_back(field.name + " " + to_text(field.type));
  return texts;
}

TEST(AddedField, IsFoundAtAnyDepth) {
  const Schema present = schema_of({{"user", "struct<id:bigint,at:struct<city:string>>"},
                                    {"items", "array<struct<sku:string>>"},
                                    {"by_day", "map<string,array<struct<n:int>>>"}});
  const Schema wanted =
      schema_of({{"user", "struct<bio:string,id:bigint,at:struct<zip:string,city:string>>"},
                 {"items", "array<struct<sku:string,price:double>>"},
                 {"by_day", "map<string,array<struct<m:int,n:int>>>"},
                 {"more", "struct<a:int>"}});
  const std::vector<AddedField> lacking = fields_lacking(wanted, present);
  EXPECT_THAT(paths(lacking), ElementsAre("user.bio", "user.at.zip", "items.element.price",
                                          "by_day.value.element.m", "more"));
  EXPECT_THAT(texts(with_fields(present, lacking)),
              ElementsAre("user struct<id:bigint,at:struct<city:string,zip:string>,bio:string>",
                          "items array<struct<sku:string,price:double>>",
                          "by_day map<string,array<struct<n:int,m:int>>>", "more struct<a:int>"));
}

TEST(AddedField, IsNullable) {
  const std::vector<AddedField> lacking =
      fields_lacking(schema_of({{"a", "int"}}), schema_of({{"b", "int"}}));
  EXPECT_TRUE(lacking.front().field.is_nullable);
}

TEST(AddedField, IsNotSoughtInTypesOfAnotherKind) {
  EXPECT_THAT(fields_lacking(schema_of({{"a", "struct<b:int>"}}), schema_of({{"a", "string"}})),
              IsEmpty());
}

TEST(AddedField, MayBelongToAMemberCalledLikeAListsStep) {
  const Schema present = schema_of({{"a", "struct<element:struct<b:int>>"}});
  const Schema wanted = schema_of({{"a", "struct<element:struct<b:int,c:int>>"}});
  EXPECT_EQ(with_fields(present, fields_lacking(wanted, present)), wanted);
}

}  // namespace
}  // namespace inlet
