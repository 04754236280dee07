#include "inlet/connect/connector_spec.h"

#include <gtest/gtest.h>

namespace inlet {
namespace {

constexpr const char* kFile = "files/connector.yaml";

std::string with_columns(std::string_view columns) {
  return "name: files\ntables:\n  records:\n    ingestion: append\n    columns: " +
         std::string(columns) + "\n";
}

std::string message(const std::string& text) {
  const auto spec = ConnectorSpec::parse(text, kFile);
  return spec ? "no mistake" : spec.error().message;
}

TEST(ConnectorSpec, ReadsColumnsWithTypesAndSentences) {
  const auto spec = ConnectorSpec::parse(
      with_columns("{id: bigint! Unique number., user: {_: Who did it., login: string The name.}, "
                   "tags: [string Some words.], more: {'*': double Values by name.}, "
                   "price: 'decimal(10,2)'}"),
      kFile);
  ASSERT_TRUE(spec) << spec.error().message;
  const Schema& schema = spec->tables[0].schema;
  EXPECT_FALSE(schema.fields[0].is_nullable);
  EXPECT_EQ(schema.fields[0].comment, "Unique number.");
  EXPECT_EQ(to_text(schema.fields[1].type), "struct<login:string>");
  EXPECT_EQ(schema.fields[1].comment, "Who did it.");
  EXPECT_EQ(schema.find("user.login")->comment, "The name.");
  EXPECT_EQ(to_text(schema.fields[2].type), "array<string>");
  EXPECT_EQ(schema.fields[2].comment, "Some words.");
  EXPECT_EQ(to_text(schema.fields[3].type), "map<string,double>");
  EXPECT_EQ(to_text(schema.fields[4].type), "decimal(10,2)");
}

TEST(ConnectorSpec, ReadsOptionsOfBothSpellings) {
  const auto options = connection_options(R"(name: files
connection:
  url: url! The folder.
  depth: {type: integer, default: 3, min: 1, max: 9, help: How deep.}
  wait: {type: duration, default: 5m, min: 1s}
  mode: {type: choice, choices: [fast, safe], default: safe}
tables: {}
)",
                                          kFile);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_TRUE((*options)[0].is_required);
  EXPECT_EQ((*options)[0].help, "The folder.");
  EXPECT_EQ((*options)[1].maximum, 9);
  EXPECT_EQ((*options)[2].minimum, 1000);
  EXPECT_EQ((*options)[3].choices.size(), 2U);
}

TEST(ConnectorSpec, TableOptionsAreTheSharedOnesAndItsOwn) {
  const auto options = table_options(R"(name: files
options: {path: string Shared., format: string Shared.}
tables:
  records: {ingestion: append, options: {format: string! Its own.}}
)",
                                     kFile, "records");
  ASSERT_TRUE(options) << options.error().message;
  ASSERT_EQ(options->size(), 2U);
  EXPECT_EQ((*options)[1].help, "Its own.");
  EXPECT_TRUE((*options)[1].is_required);
}

TEST(ConnectorSpec, NamesTheMistakeAndItsPlace) {
  EXPECT_EQ(message(with_columns("{id: bigit!}")).substr(0, 27), "files/connector.yaml:5:19: ");
  EXPECT_NE(message(with_columns("{id: bigit!}")).find("did you mean \"bigint\""),
            std::string::npos);
  EXPECT_EQ(message(with_columns("{id: [string, string]}")),
            "files/connector.yaml:5:19: a list column is written with one item: [string]");
  EXPECT_EQ(message(with_columns("{id: {}}")),
            "files/connector.yaml:5:15: column \"id\" has no type");
  EXPECT_EQ(message("tables: {}\n"),
            "files/connector.yaml:1:1: \"name\" is missing: The connector's name: lower-case, as "
            "in its folder.");
  EXPECT_EQ(message("name: x\ntables: []\n"),
            "files/connector.yaml:2:9: expected members (name: value)");
  EXPECT_EQ(message("name: x\ntables: {a: {ingestion: cdc}}\n"),
            "files/connector.yaml:2:10: table a needs keys: its ingestion is cdc");
  EXPECT_EQ(
      message("name: x\ntables: {}\nconnection: {a: {type: integer, default: x}}\n"),
      "files/connector.yaml:3:42: option a of the connector: expected a whole number, got \"x\"");
  EXPECT_EQ(message("name: x\ntables: {}\nconnection: {a: {type: string!, default: x}}\n"),
            "files/connector.yaml:3:14: a required option cannot have a default");
  EXPECT_EQ(message("name: x\ntables: {}\nconnection: {a: choice}\n"),
            "files/connector.yaml:3:17: a choice needs `choices: [...]`");
}

TEST(ConnectorSpec, FindsTablesWithAHint) {
  const auto spec = ConnectorSpec::parse(with_columns("{id: bigint}"), kFile);
  ASSERT_TRUE(spec);
  EXPECT_TRUE(spec->find_table("records"));
  EXPECT_EQ(spec->find_table("record").error().message,
            "files has no table \"record\" (did you mean \"records\"?)");
}

}  // namespace
}  // namespace inlet
