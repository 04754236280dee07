#include "inlet/rest/plan.h"

#include <gtest/gtest.h>

#include "inlet/rest/declarative.h"
#include "inlet/rest/language.h"

namespace inlet::rest {
namespace {

constexpr const char* kGood = R"(name: demo
connection:
  token: secret
  url: {type: url, required: true, help: Where it is.}
http:
  url: ${url}
  auth: {bearer: "${token}"}
options:
  owner: string! Who.
  other: string What nobody uses.
tables:
  issues:
    ingestion: cdc
    keys: [id]
    get: /${owner}/issues
    params: {since: "${cursor.from}"}
    cursor: {field: updated_at, order: ascending}
    columns: {id: bigint!, updated_at: timestamp!, state: string}
)";

// The file with one line exchanged, and what the loader says.
std::string message(std::string_view from, std::string_view to) {
  std::string text = kGood;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const auto api = ApiPlan::load(text, "demo/connector.yaml");
  return api ? "no mistake" : api.error().message;
}

TEST(Plan, LoadsAGoodFile) {
  const auto api = ApiPlan::load(kGood, "demo/connector.yaml");
  ASSERT_TRUE(api) << api.error().message;
  EXPECT_EQ((*api)->tables.size(), 1U);
}

TEST(Plan, NamesTheMistakeAndItsPlace) {
  EXPECT_EQ(
      message("${owner}", "${ower}"),
      "demo/connector.yaml:15:13: no option \"ower\" for table issues (did you mean \"owner\"?)");
  EXPECT_EQ(message("${cursor.from}", "${cursor.form}"),
            "demo/connector.yaml:16:24: cursor has no member \"form\" (did you mean \"from\"?)");
  EXPECT_EQ(message("    get:", "    got:"),
            "demo/connector.yaml:15:5: unknown member \"got\" (did you mean \"get\"?)");
  EXPECT_EQ(message("    get: /${owner}/issues\n", ""),
            "demo/connector.yaml:12:3: table issues needs \"get\" or \"post\"");
  EXPECT_EQ(message("keys: [id]", "keys: [ids]"),
            "demo/connector.yaml:14:12: key \"ids\" is no column (did you mean \"id\"?)");
  EXPECT_EQ(message("field: updated_at", "field: update_at"),
            "demo/connector.yaml:17:21: cursor \"update_at\" is no column (did you mean "
            "\"updated_at\"?)");
  EXPECT_EQ(message("order: ascending", "order: ascnding"),
            "demo/connector.yaml:17:40: \"ascnding\" is none of: ascending, descending, unsorted "
            "(did you mean \"ascending\"?)");
  EXPECT_EQ(
      message("ingestion: cdc", "ingestion: cdcs"),
      "demo/connector.yaml:13:16: \"cdcs\" is none of: snapshot, cdc, cdc_with_deletes, append "
      "(did you mean \"cdc\"?)");
  EXPECT_EQ(message("token: secret", "token: secrets"),
            "demo/connector.yaml:3:10: \"secrets\" is no option type (did you mean \"secret\"?)");
  EXPECT_EQ(message("  auth: {bearer", "  auth: {beare"),
            "demo/connector.yaml:7:10: unknown member \"beare\" (did you mean \"bearer\"?)");
  EXPECT_EQ(message("ascending}", "ascending, lookback: 5 minutes}").substr(0, 26),
            "demo/connector.yaml:17:61:");
}

TEST(Plan, RefusesASecretWhereItWouldBeWrittenDown) {
  const std::string refusal =
      "token is a secret: it may stand in auth only, where it is not written down";
  EXPECT_EQ(message("/${owner}/", "/${token}/"), "demo/connector.yaml:15:13: " + refusal);
  EXPECT_EQ(message("since: \"${cursor.from}\"", "key: \"${token}\""),
            "demo/connector.yaml:16:22: " + refusal);
  EXPECT_EQ(message("    keys: [id]\n", "    keys: [id]\n    add: {state: \"${token}\"}\n"),
            "demo/connector.yaml:15:21: " + refusal);
  EXPECT_EQ(message("  url: ${url}\n", "  url: ${token}\n"),
            "demo/connector.yaml:6:10: " + refusal);
}

TEST(Plan, RefusesWhatCannotWork) {
  EXPECT_EQ(message("    get: /${owner}/issues\n", "    get: /x\n    for_each: issues as issue\n"),
            "demo/connector.yaml:16:15: for_each goes round in a circle");
  EXPECT_EQ(message("    get: /${owner}/issues\n", "    get: /x\n    for_each: issue as issue\n"),
            "demo/connector.yaml:16:15: demo has no table \"issue\" (did you mean \"issues\"?)");
  EXPECT_EQ(message("    get: /${owner}/issues\n", "    get: /x\n    for_each: issues\n"),
            "demo/connector.yaml:16:15: expected \"TABLE as NAME\", as in: issues as issue");
  EXPECT_EQ(message("    get: /${owner}/issues\n", "    get: /x\n    filter: ${record.state}\n"),
            "demo/connector.yaml:16:13: \"filter\" needs a boolean");
  EXPECT_EQ(message("    get: /${owner}/issues\n", "    get: /x\n    add: {stat: x}\n"),
            "demo/connector.yaml:16:11: \"stat\" is added, but it is no column (did you mean "
            "\"state\"?)");
  EXPECT_EQ(
      message("    get: /${owner}/issues\n", "    get: /x\n    paginate: {page: p, offset: o}\n"),
      "demo/connector.yaml:16:15: paginate has one of: link, page, offset, token, after, url");
  EXPECT_EQ(
      message("cdc\n    keys: [id]\n",
              "snapshot\n    keys: [id]\n    errors: [{status: 404, then: no_rows}]\n"),
      "demo/connector.yaml:12:3: table issues is a snapshot: 404 cannot mean that it has no rows");
  EXPECT_EQ(message("cdc\n    keys: [id]\n", "append\n"), "no mistake");
}

TEST(Plan, ATableHasTheSharedOptionsThatItUses) {
  const auto options = table_options(kGood, "demo/connector.yaml", "issues");
  ASSERT_TRUE(options);
  std::vector<std::string> names;
  for (const OptionSpec& option : *options) names.push_back(option.name);
  EXPECT_EQ(names, (std::vector<std::string>{"owner", "start_at", "lookback", "anchor_every",
                                             "max_records"}));
}

TEST(Plan, AnUnknownTableIsRefusedWithAHint) {
  const auto options = table_options(kGood, "demo/connector.yaml", "isues");
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(options.error().message, "demo has no table \"isues\" (did you mean \"issues\"?)");
}

TEST(Language, TheEditorsSchemaKnowsEveryMember) {
  const Json schema = *parse_json(connector_schema_json());
  const Json& table = schema["properties"]["tables"]["additionalProperties"];
  for (const char* member : {"get", "post", "params", "records", "filter", "for_each", "paginate",
                             "cursor", "keys", "columns", "ingestion"}) {
    EXPECT_TRUE(table["properties"].contains(member)) << member;
  }
  EXPECT_EQ(table["additionalProperties"], false);
  EXPECT_TRUE(schema["properties"]["http"]["properties"].contains("auth"));
}

}  // namespace
}  // namespace inlet::rest
