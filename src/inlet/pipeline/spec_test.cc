#include "inlet/pipeline/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "inlet/base/format.h"

namespace inlet::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Result<Spec> parse(std::string_view text) {
  auto document = Document::parse(text, "p.yaml");
  if (!document) return std::unexpected(document.error());
  return Spec::parse(*document, "p");
}

// The complaint about `text`, which must be one.
std::string complaint(std::string_view text) {
  const auto spec = parse(text);
  if (spec) return "no complaint";
  EXPECT_EQ(spec.error().kind, ErrorKind::Config);
  return spec.error().message;
}

// The complaint about one object with `lines` in its table, each indented by six blanks.
std::string table_complaint(std::string_view lines) {
  return complaint(format("connection_name: c\nobjects:\n  - table:\n      {}\n", lines));
}

// One object whose table_configuration holds `line` at 6:9.
std::string configuration_complaint(std::string_view line) {
  return complaint(
      format("connection_name: c\nobjects:\n  - table:\n      source_table: issues\n"
             "      table_configuration:\n        {}\n",
             line));
}

TEST(Spec, ReadsThePlainShape) {
  const auto spec = parse(R"(
connection_name: my_github
objects:
  - table:
      source_table: issues
      destination_catalog: main
      destination_schema: bronze
      destination_table: github_issues
      table_configuration:
        scd_type: append_only
        primary_keys: [id, repo]
        sequence_by: updated_at
        partition_columns: [state, day]
        schema_evolution: rescue
        coercion: lenient
        allow_empty_snapshot: true
        owner: octo-org
        Repo: hello-world
)");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_EQ(spec->name, "p");
  EXPECT_EQ(spec->connection_name, "my_github");
  ASSERT_EQ(spec->objects.size(), 1U);
  const TableObject& object = spec->objects[0];
  EXPECT_EQ(object.source_table, "issues");
  EXPECT_THAT(object.partition_columns, ElementsAre("state", "day"));
  EXPECT_EQ(object.destination_path(), "main/bronze/github_issues");
  EXPECT_EQ(object.display_name(), "main.bronze.github_issues");
  EXPECT_EQ(object.scd_type, ScdType::AppendOnly);
  EXPECT_THAT(object.primary_keys, ElementsAre("id", "repo"));
  EXPECT_THAT(object.sequence_by, ElementsAre("updated_at"));
  EXPECT_EQ(object.schema_evolution, SchemaEvolution::Rescue);
  EXPECT_EQ(object.coercion, CoercionPolicy::Lenient);
  EXPECT_TRUE(object.allow_empty_snapshot);
  EXPECT_THAT(object.source_options,
              UnorderedElementsAre(Pair("owner", "octo-org"), Pair("repo", "hello-world")));
  EXPECT_EQ(object.option_places.at("repo"), "p.yaml:18:15");
  EXPECT_EQ(object.place, "p.yaml:5:7");
}

TEST(Spec, ReadsTheWrappedShapeAsJson) {
  const auto spec = parse(R"({
    "name": "github", "catalog": "main", "schema": "bronze", "continuous": false,
    "ingestion_definition": {
      "source_type": "GITHUB", "connection_name": "my_github",
      "objects": [{"table": {
        "source_table": "issues",
        "table_configuration": {"scd_type": "SCD_TYPE_1"},
        "connector_options": {"community_connector_options": {"options": {"owner": "o", "max": 5}}}
      }}]}})");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_EQ(spec->name, "github");
  EXPECT_EQ(spec->connection_name, "my_github");
  const TableObject& object = spec->objects.at(0);
  EXPECT_EQ(object.display_name(), "main.bronze.issues");
  EXPECT_EQ(object.scd_type, ScdType::Type1);
  EXPECT_THAT(object.source_options, UnorderedElementsAre(Pair("owner", "o"), Pair("max", "5")));
}

TEST(Spec, TakesTheEngineKeysFromConnectorOptionsAsWell) {
  const auto spec = parse(R"({"ingestion_definition": {"connection_name": "c", "objects": [{"table":
      {"source_table": "t", "connector_options": {"community_connector_options":
        {"options": {"scd_type": "APPEND_ONLY"}}}}}]}})");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_EQ(spec->objects.at(0).scd_type, ScdType::AppendOnly);
}

TEST(Spec, RunsTendTheTableUnlessTheyAreToldNotTo) {
  const auto is_tended = [](std::string_view options) {
    const auto spec = parse(
        "connection_name: a\nobjects:\n  - table: {source_table: t, "
        "table_configuration: {" +
        std::string(options) + "}}\n");
    return spec.value().objects.front().is_tended;
  };
  EXPECT_TRUE(is_tended(""));
  EXPECT_TRUE(is_tended("upkeep: auto"));
  EXPECT_FALSE(is_tended("upkeep: 'off'"));
  EXPECT_FALSE(is_tended("upkeep: off"));
}

TEST(Spec, LeavesUnsaidThingsToTheConnector) {
  const auto spec = parse("connection_name: c\nobjects: [{table: {source_table: issues}}]");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  const TableObject& object = spec->objects.at(0);
  EXPECT_EQ(object.destination_path(), "issues");
  EXPECT_EQ(object.scd_type, std::nullopt);
  EXPECT_TRUE(object.primary_keys.empty());
  EXPECT_TRUE(object.sequence_by.empty());
  EXPECT_EQ(object.schema_evolution, SchemaEvolution::AddColumns);
  EXPECT_EQ(object.coercion, CoercionPolicy::Strict);
  EXPECT_FALSE(object.allow_empty_snapshot);
}

TEST(Spec, KeepsTheSameSourceTableTwiceAsTwoObjects) {
  const auto spec = parse(R"(
connection_name: c
objects:
  - table: {source_table: issues, destination_table: a, table_configuration: {repo: a}}
  - table: {source_table: issues, destination_table: b, table_configuration: {repo: b}}
)");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  ASSERT_EQ(spec->objects.size(), 2U);
  EXPECT_EQ(spec->objects[0].source_options.at("repo"), "a");
  EXPECT_EQ(spec->objects[1].source_options.at("repo"), "b");
}

TEST(Spec, KeepsASchemaWithoutACatalog) {
  const auto spec = parse(
      "{connection_name: c, objects: [{table: {source_table: t, destination_schema: bronze}}]}");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_EQ(spec->objects[0].destination_path(), "bronze/t");
  EXPECT_EQ(spec->objects[0].display_name(), "bronze.t");
}

TEST(Spec, RefusesACatalogWithoutASchema) {
  EXPECT_EQ(table_complaint("{source_table: t, destination_catalog: main}"),
            "p.yaml:4:7: a destination_catalog needs a destination_schema");
}

TEST(Spec, QuotesNamesWithDotsAndBackTicks) {
  const auto spec = parse(
      "connection_name: c\nobjects: [{table: {source_table: t, destination_schema: a.b, "
      "destination_table: 'x`y'}}]");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_EQ(spec->objects[0].display_name(), "`a.b`.`x``y`");
  EXPECT_EQ(spec->objects[0].destination_path(), "a.b/x`y");
}

TEST(Spec, RefusesNamesThatAreNotSafeAsFolders) {
  for (const std::string_view name :
       {"a/b", "..", ".hidden", "_inlet", "_delta_log", "a%2fb", "a\\\\b", "tab\\there", " x"}) {
    EXPECT_THAT(table_complaint(format("{{source_table: t, destination_table: \"{}\"}}", name)),
                ::testing::StartsWith("p.yaml:4:44: \""))
        << name;
  }
  EXPECT_EQ(
      table_complaint("source_table: a/b"),
      "p.yaml:4:7: \"a/b\" cannot be destination_table: it holds a character that is not safe "
      "in a folder's name; write another destination_table");
}

TEST(Spec, NamesTheNearestMember) {
  EXPECT_EQ(table_complaint("source_tabel: t"),
            "p.yaml:4:7: unknown member \"source_tabel\" (did you mean \"source_table\"?)");
  EXPECT_EQ(complaint("connection_name: c\nobject: []\n"),
            "p.yaml:2:1: unknown member \"object\" (did you mean \"objects\"?)");
}

TEST(Spec, NamesThePlaceOfWhatIsMissing) {
  EXPECT_EQ(table_complaint("destination_table: t"), "p.yaml:4:7: \"source_table\" is missing");
  EXPECT_EQ(table_complaint("source_table: ''"), "p.yaml:4:21: \"source_table\" is empty");
  EXPECT_EQ(complaint("objects: [{table: {source_table: t}}]"),
            "p.yaml:1:1: \"connection_name\" is missing");
  EXPECT_EQ(complaint("connection_name: c"), "p.yaml:1:1: \"objects\" is missing");
  EXPECT_EQ(complaint("connection_name: c\nobjects: []"),
            "p.yaml:2:10: expected a list of objects: - table: {source_table: ...}");
  EXPECT_EQ(complaint("connection_name: c\nobjects: [{}]"), "p.yaml:2:11: \"table\" is missing");
}

TEST(Spec, ReadsTheRulesOfChanges) {
  const auto spec = parse(R"(
connection_name: c
objects:
  - table:
      source_table: t
      table_configuration:
        scd_type: scd_type_2
        apply_as_deletes: op = 'D'
        ignore_null_updates: true
        track_history_columns: [status, owner]
)");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  const TableObject& object = spec->objects[0];
  EXPECT_EQ(object.scd_type, ScdType::Type2);
  EXPECT_EQ(object.changes.apply_as_deletes, "op = 'D'");
  EXPECT_TRUE(object.changes.ignore_null_updates);
  EXPECT_THAT(object.changes.track_history, ElementsAre("status", "owner"));
}

TEST(Spec, TakesOneWayOfNamingTrackedColumns) {
  EXPECT_EQ(configuration_complaint("track_history_columns: a\n        "
                                    "track_history_except_columns: b"),
            "p.yaml:4:7: track_history_columns and track_history_except_columns exclude each "
            "other; keep one");
}

TEST(Spec, TakesPartitionColumnsOrColumnsToClusterBy) {
  EXPECT_EQ(configuration_complaint("partition_columns: [b]"), "no complaint");
  EXPECT_EQ(configuration_complaint("cluster_by: a\n        partition_columns: [b]"),
            "p.yaml:7:28: partition_columns and cluster_by exclude each other; keep one, and use "
            "inlet optimize --zorder to sort the rows of a partition");
}

TEST(Spec, NamesThePlaceOfABadEngineValue) {
  EXPECT_THAT(configuration_complaint("scd_type: SCD_TYPE_3"),
              ::testing::StartsWith("p.yaml:6:19: option scd_type of table_configuration: "));
  EXPECT_THAT(configuration_complaint("schema_evolution: ad_columns"),
              ::testing::HasSubstr("did you mean \"add_columns\"?"));
  EXPECT_THAT(configuration_complaint("allow_empty_snapshot: maybe"),
              ::testing::StartsWith("p.yaml:6:31: "));
}

TEST(Spec, RefusesAnOptionWithoutAValueAndOneGivenTwice) {
  EXPECT_EQ(configuration_complaint("owner:"), "p.yaml:6:9: a value is missing");
  EXPECT_EQ(configuration_complaint("owner: a\n        OWNER: b"),
            "p.yaml:7:9: option \"OWNER\" is given twice");
}

TEST(Spec, HandsListsAndMapsToTheSourceAsJson) {
  const auto spec = parse(R"(
connection_name: c
objects:
  - table:
      source_table: t
      table_configuration: {repos: [a, 007], filter: {state: open, n: 1}, number: 007}
)");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_THAT(spec->objects[0].source_options,
              UnorderedElementsAre(Pair("repos", R"(["a","007"])"), Pair("number", "007"),
                                   Pair("filter", R"({"n":1,"state":"open"})")));
}

TEST(Spec, ReadsKeysAsAListOrAsText) {
  const auto spec = parse(R"(
connection_name: c
objects:
  - table: {source_table: t, table_configuration: {primary_keys: "id, user.login"}}
)");
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_THAT(spec->objects[0].primary_keys, ElementsAre("id", "user.login"));
}

TEST(Spec, LetsTwoObjectsFillOneTableOnlyWithTheSameKeys) {
  EXPECT_EQ(complaint(R"(
connection_name: c
objects:
  - table: {source_table: t, table_configuration: {repo: a, primary_keys: [id]}}
  - table: {source_table: t, table_configuration: {repo: b, primary_keys: [id, repo]}}
)"),
            "p.yaml:5:12: t is filled by two objects, which need the same primary_keys, scd_type "
            "and rules for their changes (the other object is at p.yaml:4:12)");
  EXPECT_TRUE(parse(R"(
connection_name: c
objects:
  - table: {source_table: t, table_configuration: {repo: a, primary_keys: [id]}}
  - table: {source_table: t, table_configuration: {repo: b, primary_keys: [id]}}
)"));
}

TEST(Spec, RefusesTheSameObjectTwiceAndTablesInsideTables) {
  EXPECT_THAT(complaint(R"(
connection_name: c
objects:
  - table: {source_table: t}
  - table: {source_table: t}
)"),
              ::testing::StartsWith("p.yaml:5:12: the same object is given twice: t"));
  EXPECT_THAT(complaint(R"(
connection_name: c
objects:
  - table: {source_table: a}
  - table: {source_table: b, destination_schema: a}
)"),
              ::testing::HasSubstr("would lie in one another's folders"));
}

TEST(Spec, LoadsAFileAndNamesTheSpecAfterIt) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "my_pipeline.yaml";
  std::ofstream(file) << "{connection_name: c, objects: [{table: {source_table: t}}]}";
  const auto spec = Spec::load(file.string());
  ASSERT_TRUE(spec.has_value()) << spec.error().message;
  EXPECT_EQ(spec->name, "my_pipeline");
  EXPECT_FALSE(Spec::load("/nowhere/p.yaml").has_value());
}

}  // namespace
}  // namespace inlet::pipeline
