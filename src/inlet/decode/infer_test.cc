#include "inlet/decode/infer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet::decode {
namespace {

using testing::HasSubstr;

Page lines(std::string body) {
  return {.body = std::move(body), .format = PageFormat::NdJson};
}
Page csv(std::string body) {
  return {.body = std::move(body), .format = PageFormat::Csv};
}

std::string schema_of(const std::vector<Page>& pages) {
  const auto inferred = infer_schema(pages);
  return inferred ? to_text(Type::structure(inferred->schema.fields))
                  : "error: " + inferred.error().message;
}

/// The type of member `v` when its values are these.
std::string type_of(const std::vector<std::string>& values) {
  std::string body;
  for (const std::string& value : values) body += "{\"v\": " + value + "}\n";
  const auto inferred = infer_schema({lines(body)});
  return inferred ? to_text(inferred->schema.fields[0].type) : "error: " + inferred.error().message;
}

std::string reason_for(const InferredSchema& inferred, std::string_view path) {
  for (const auto& column : inferred.why) {
    if (column.path == path) return column.reason;
  }
  return "none";
}

TEST(Infer, IntegersAreLongAndBecomeDecimalsPast64Bits) {
  EXPECT_EQ(type_of({"1", "-9223372036854775808"}), "bigint");
  EXPECT_EQ(type_of({"1", "9223372036854775808"}), "decimal(38,0)");
  EXPECT_EQ(type_of({"1", "100000000000000000000000000000000000000"}), "string");
}

TEST(Infer, FractionsOfFixedDigitsAreDecimals) {
  EXPECT_EQ(type_of({"1.50", "12.25", "3"}), "decimal(18,2)");
  EXPECT_EQ(type_of({"1234567890123.50", "1.25"}), "decimal(18,2)");
  EXPECT_EQ(type_of({"12345678901234.50", "1.25"}), "decimal(38,2)");
  EXPECT_EQ(type_of(std::vector<std::string>(20, "1.25")), "decimal(18,2)");
}

TEST(Infer, OtherFractionsAreDoubleUnlessTheyWouldLoseDigits) {
  EXPECT_EQ(type_of({"1.25"}), "double");
  EXPECT_EQ(type_of({"1.5", "1.25"}), "double");
  EXPECT_EQ(type_of({"0.30000000000000004"}), "double");
  EXPECT_EQ(type_of({"1e400"}), "double");
  EXPECT_EQ(type_of({"1", "2.5e3"}), "double");
  EXPECT_EQ(type_of({"123456789012345678.25", "1.5"}), "decimal(38,2)");
  EXPECT_EQ(type_of({"12345678901234567890123456789012345678.5", "1.125"}), "string");
}

TEST(Infer, TextsAreTimestampsOrDatesWhenAllAre) {
  EXPECT_EQ(type_of({R"("2026-01-02T03:04:05Z")", R"("2026-01-02T03:04:05.123+02:00")"}),
            "timestamp");
  EXPECT_EQ(type_of({R"("2026-01-02T03:04:05Z")", R"("2026-01-02T03:04:05")"}), "string");
  EXPECT_EQ(type_of({R"("2026-01-02")", "null"}), "date");
  EXPECT_EQ(type_of({R"("2026-01-02")", R"("2026-01-02T03:04:05Z")"}), "string");
  EXPECT_EQ(type_of({R"("2026-13-02")"}), "string");
  EXPECT_EQ(type_of({R"("")"}), "string");
  EXPECT_EQ(type_of({R"("12")"}), "string");
}

TEST(Infer, NullsDoNotDecideAndNothingIsAString) {
  EXPECT_EQ(type_of({"null", "true"}), "boolean");
  EXPECT_EQ(type_of({"null"}), "string");
  EXPECT_EQ(type_of({"[]"}), "array<string>");
}

TEST(Infer, MixedKindsAreStrings) {
  EXPECT_EQ(type_of({"1", R"("a")"}), "string");
  EXPECT_EQ(type_of({"true", "1"}), "string");
  EXPECT_EQ(type_of({"{\"a\": 1}", "[1]"}), "string");
  EXPECT_EQ(type_of({"[1, \"a\"]"}), "array<string>");
}

TEST(Infer, NestedValuesKeepTheOrderOfFirstSight) {
  EXPECT_EQ(schema_of({lines(R"({"id": 1, "user": {"login": "a"}, "labels": [{"n": "x"}]}
{"zone": "u", "user": {"id": 5, "login": "b"}, "labels": [{"c": true, "n": null}, null]})")}),
            "struct<id:bigint,user:struct<login:string,id:bigint>,labels:array<struct<n:string,c:"
            "boolean>>,zone:string>");
}

TEST(Infer, ManyDifferentMemberNamesAreAMap) {
  std::string body;
  for (int i = 0; i < 30; ++i)
    body += "{\"votes\": {\"user" + std::to_string(i) + "\": " + std::to_string(i) + "}}\n";
  EXPECT_EQ(schema_of({lines(body)}), "struct<votes:map<string,bigint>>");
  // A wide record that is there each time is a record.
  std::string wide = "{\"r\": {";
  for (int i = 0; i < 30; ++i) wide += (i > 0 ? ",\"m" : "\"m") + std::to_string(i) + "\": 1";
  EXPECT_THAT(schema_of({lines(wide + "}}\n")}), HasSubstr("struct<r:struct<m0:bigint,m1"));
}

TEST(Infer, AnObjectWithoutMembersIsJson) {
  const auto inferred = infer_schema({lines(R"({"v": {}})")});
  EXPECT_EQ(inferred.value().schema.fields[0].type.kind, TypeKind::Json);
}

TEST(Infer, DeepNestingEndsInJson) {
  std::string deep = "1";
  for (int i = 0; i < 60; ++i) deep = "{\"v\": " + deep + "}";
  const auto inferred = infer_schema({lines(deep)});
  const Type* type = &inferred.value().schema.fields[0].type;
  int depth = 1;
  for (; type->kind == TypeKind::Struct; ++depth) type = &type->fields[0].type;
  EXPECT_EQ(type->kind, TypeKind::Json);
  EXPECT_EQ(depth, 24);
}

TEST(Infer, NamesThatDifferInCaseOnlyAreOneColumnAndTheReasonSaysSo) {
  const auto inferred = infer_schema({lines(R"({"id": 1, "ID": 2, "": 3})")}).value();
  ASSERT_EQ(inferred.schema.fields.size(), 1U);
  EXPECT_TRUE(validate(inferred.schema));
  EXPECT_THAT(reason_for(inferred, "ID"), HasSubstr("rescued data"));
  EXPECT_THAT(reason_for(inferred, ""), HasSubstr("rescued data"));
}

TEST(Infer, EveryPathHasAReason) {
  const auto inferred =
      infer_schema({lines(R"({"id": 1, "at": "2026-01-02T03:04:05Z", "l": [{"n": 1.50}], "x": null}
{"id": 2, "at": null, "x": "a"}
{"id": "three"})")})
          .value();
  EXPECT_EQ(reason_for(inferred, "id"), "string: mixed kinds: 2 numbers, 1 texts, of 3 records");
  EXPECT_EQ(reason_for(inferred, "at"), "timestamp: 1 RFC 3339 texts, 1 nulls, of 3 records");
  EXPECT_EQ(reason_for(inferred, "l"), "array: 1 lists, of 3 records");
  EXPECT_EQ(reason_for(inferred, "l.element"), "struct: 1 objects, of 1 lists");
  EXPECT_THAT(reason_for(inferred, "l.element.n"), HasSubstr("decimal(18,2): 0 integers"));
  EXPECT_EQ(reason_for(inferred, "x"), "string: 1 texts, 1 nulls, of 3 records");
}

TEST(Infer, PagesOfAnyShapeCountTogether) {
  Page json{.body = R"({"data": [{"a": 1}, {"a": 2, "skipped": 1}]})", .records = "/data"};
  json.filtered = {1};
  json.added = {{"repository", "\"x\""}, {"parent", "{\"id\": 5}"}};
  EXPECT_EQ(schema_of({json, lines("{\"a\": 1.5}\nbroken\n5\n")}),
            "struct<a:double,repository:string,parent:struct<id:bigint>>");
}

TEST(Infer, CellsOfCsvCountAsWhatTheyWouldBeInJson) {
  EXPECT_EQ(
      schema_of({csv(
          "id;name;ok;at;code;none\n1;\"a;b\";true;2026-01-02;007;\n2;;false;2026-01-03;12;\n")}),
      "struct<id:bigint,name:string,ok:boolean,at:date,code:string,none:string>");
  EXPECT_EQ(schema_of({csv("a,b\n")}), "struct<a:string,b:string>");
}

TEST(Infer, NothingToInferFromIsAnError) {
  EXPECT_EQ(infer_schema({}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(infer_schema({lines("\n")}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(infer_schema({{.body = "[{\"a\": 1}"}}).error().kind, ErrorKind::BadRecord);
}

}  // namespace
}  // namespace inlet::decode
