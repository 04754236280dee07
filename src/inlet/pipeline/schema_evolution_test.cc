// Sources that get new columns and new members of structs, run by run.
#include <gmock/gmock.h>

#include "inlet/pipeline/run_fixture_test.h"
#include "testkit/row_text.h"

namespace inlet::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SchemaEvolutionTest : public RunFixture {
 protected:
  static void serve(const std::vector<std::pair<std::string, std::string>>& columns,
                    std::vector<std::string> records) {
    Schema schema{{{"id", {TypeKind::Long}, false}, {"seq", {TypeKind::Long}}}};
    for (const auto& [name, type] : columns) {
      schema.fields.push_back({name, testkit::parse_type(type).value()});
    }
    fake_world().schema = schema;
    std::vector<std::string>& served = fake_world().records["things"];
    served.insert(served.end(), records.begin(), records.end());
  }

  static std::string things(std::string_view configuration) {
    return format("  - table: {{source_table: things, table_configuration: {{{}}}}}\n",
                  configuration);
  }

  // A table whose source then gets user.at.zip and items[].price.
  TableReport run_before_and_after(std::string_view configuration) {
    serve({{"user", "struct<name:string,at:struct<city:string>>"},
           {"items", "array<struct<sku:string>>"}},
          {R"({"id":1,"seq":1,"user":{"name":"a","at":{"city":"x"}},"items":[{"sku":"p"}]})",
           R"({"id":2,"seq":1,"user":{"name":"b","at":{"city":"y"}},"items":[{"sku":"q"}]})"});
    EXPECT_FALSE(run_one(things(configuration)).error);
    serve({{"user", "struct<name:string,at:struct<zip:bigint,city:string>>"},
           {"items", "array<struct<price:bigint,sku:string>>"}},
          {R"({"id":2,"seq":2,"user":{"name":"b","at":{"city":"z","zip":9}},)"
           R"("items":[{"sku":"r","price":5}]})"});
    return run_one(things(configuration));
  }
};

TEST_F(SchemaEvolutionTest, AddsMembersAtAnyDepth) {
  const TableReport report = run_before_and_after("");
  ASSERT_FALSE(report.error) << report.error->message;
  EXPECT_THAT(report.added_columns, ElementsAre("user.at.zip", "items.element.price"));
  EXPECT_THAT(texts("things", {"id", "user", "items"}),
              ElementsAre(R"({"id":1,"user":{"name":"a","at":{"city":"x","zip":null}},)"
                          R"("items":[{"sku":"p","price":null}]})",
                          R"({"id":2,"user":{"name":"b","at":{"city":"z","zip":9}},)"
                          R"("items":[{"sku":"r","price":5}]})"));
  EXPECT_THAT(run_one(things("")).added_columns, IsEmpty());
}

TEST_F(SchemaEvolutionTest, RescuesMembersWhereTheTableIsToStayAsItIs) {
  const TableReport report = run_before_and_after("schema_evolution: rescue");
  ASSERT_FALSE(report.error) << report.error->message;
  EXPECT_THAT(report.added_columns, IsEmpty());
  const std::vector<std::string> rescued = texts("things", {"_rescued_data"});
  EXPECT_THAT(rescued.front(), HasSubstr("zip"));
  EXPECT_THAT(rescued.front(), HasSubstr("price"));
  EXPECT_THAT(texts("things", {"user"}).back(), HasSubstr(R"({"city":"z"})"));
}

TEST_F(SchemaEvolutionTest, FailsNamingTheMember) {
  const TableReport report = run_before_and_after("schema_evolution: fail");
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->kind, ErrorKind::Config);
  EXPECT_THAT(report.error->message, HasSubstr("new column \"user.at.zip\""));
}

TEST_F(SchemaEvolutionTest, KeepsTheHistoryOfStructsThatGetMembers) {
  serve({{"user", "struct<name:string>"}},
        {R"({"id":1,"seq":1,"user":{"name":"a"}})", R"({"id":1,"seq":5,"user":{"name":"a"}})",
         R"({"id":1,"seq":9,"user":{"name":"a"}})"});
  const std::string configuration = "scd_type: SCD_TYPE_2";
  ASSERT_FALSE(run_one(things(configuration)).error);
  // Between two events of which the auxiliary table keeps the second.
  serve({{"user", "struct<name:string,age:bigint>"}},
        {R"({"id":1,"seq":3,"user":{"name":"b","age":7}})"});
  const TableReport report = run_one(things(configuration));
  ASSERT_FALSE(report.error) << report.error->message;
  EXPECT_THAT(texts("things", {"user", "__START_AT", "__END_AT"}),
              ElementsAre(R"({"user":{"name":"a","age":null},"__START_AT":1,"__END_AT":3})",
                          R"({"user":{"name":"a","age":null},"__START_AT":5,"__END_AT":null})",
                          R"({"user":{"name":"b","age":7},"__START_AT":3,"__END_AT":5})"));
}

TEST_F(SchemaEvolutionTest, KeepsTheValuesOfAColumnThatTheSourceDropped) {
  serve({{"name", "string"}, {"note", "string"}},
        {R"({"id":1,"seq":1,"name":"a","note":"x"})", R"({"id":2,"seq":1,"name":"b","note":"y"})"});
  ASSERT_FALSE(run_one(things("")).error);
  serve({{"name", "string"}}, {R"({"id":1,"seq":2,"name":"c"})", R"({"id":3,"seq":2,"name":"d"})"});
  ASSERT_FALSE(run_one(things("")).error);
  EXPECT_THAT(texts("things", {"id", "name", "note"}),
              ElementsAre(R"({"id":1,"name":"c","note":"x"})", R"({"id":2,"name":"b","note":"y"})",
                          R"({"id":3,"name":"d","note":null})"));
}

}  // namespace
}  // namespace inlet::pipeline
