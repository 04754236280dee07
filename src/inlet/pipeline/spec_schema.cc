#include "inlet/pipeline/spec_schema.h"

#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {
namespace {

Json text(std::string_view help) {
  return {{"type", "string"}, {"description", help}};
}

// Members by name, no others.
Json object(Json properties, std::vector<std::string> required) {
  Json schema = {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

Json option_schema(const OptionSpec& spec) {
  Json schema = {{"description", spec.help}};
  switch (spec.type) {
    case OptionType::Boolean: schema["type"] = "boolean"; break;
    case OptionType::Choice: schema["enum"] = spec.choices; break;
    case OptionType::TextList:
      schema["oneOf"] = {{{"type", "string"}},
                         {{"type", "array"}, {"items", {{"type", "string"}}}}};
      break;
    default: schema["type"] = "string"; break;
  }
  if (spec.default_value && spec.type != OptionType::Boolean)
    schema["default"] = *spec.default_value;
  return schema;
}

// The engine's keys; everything else goes to the source, whose options only its connector knows.
Json configuration() {
  Json properties = Json::object();
  for (const OptionSpec& spec : table_configuration_options()) {
    properties[spec.name] = option_schema(spec);
  }
  return {{"type", "object"},
          {"description", "How the table is kept, and the source's own options for it."},
          {"properties", std::move(properties)}};
}

Json connector_options() {
  const Json options = {{"type", "object"}, {"description", "The source's options for the table."}};
  const Json community = object({{"options", options}}, {});
  return object({{"community_connector_options", community}}, {});
}

Json objects() {
  const Json table = object(
      {{"source_table", text("The table's name in the source.")},
       {"destination_catalog", text("A folder above the schema's; needs destination_schema.")},
       {"destination_schema", text("The folder above the table's.")},
       {"destination_table", text("The table's folder; otherwise the source table's name.")},
       {"table_configuration", configuration()},
       {"connector_options", connector_options()}},
      {"source_table"});
  return {{"type", "array"},
          {"minItems", 1},
          {"items", object({{"table", table}}, {"table"})},
          {"description", "What is brought where."}};
}

Json connection_name() {
  return text("The connection, as in: inlet connection list.");
}

}  // namespace

Json spec_json_schema() {
  const Json name = text("The pipeline's name; otherwise the file's.");
  const Json plain =
      object({{"name", name}, {"connection_name", connection_name()}, {"objects", objects()}},
             {"connection_name", "objects"});
  const Json definition = object({{"source_type", text("The connector; not needed here.")},
                                  {"connection_name", connection_name()},
                                  {"objects", objects()}},
                                 {"connection_name", "objects"});
  // Members that say how a pipeline is run elsewhere are let through.
  const Json wrapped = {{"type", "object"},
                        {"required", {"ingestion_definition"}},
                        {"properties",
                         {{"name", name},
                          {"catalog", text("The catalog of objects that give none.")},
                          {"schema", text("The schema of objects that give none.")},
                          {"ingestion_definition", definition}}}};
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", "Inlet pipeline"},
          {"oneOf", {plain, wrapped}}};
}

}  // namespace inlet::pipeline
