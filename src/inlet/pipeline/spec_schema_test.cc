#include "inlet/pipeline/spec_schema.h"

#include <gtest/gtest.h>

#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {
namespace {

TEST(SpecSchema, HoldsEveryKeyOfTheEngineInBothShapes) {
  const Json schema = spec_json_schema();
  for (const char* pointer : {"/oneOf/0/properties/objects",
                              "/oneOf/1/properties/ingestion_definition/properties/objects"}) {
    const Json& table =
        schema.at(Json::json_pointer(pointer)).at("items").at("properties").at("table");
    const Json& keys = table.at("properties").at("table_configuration").at("properties");
    for (const OptionSpec& spec : table_configuration_options()) {
      EXPECT_EQ(keys.at(spec.name).at("description"), spec.help);
    }
    EXPECT_EQ(table.at("required"), Json({"source_table"}));
  }
}

}  // namespace
}  // namespace inlet::pipeline
