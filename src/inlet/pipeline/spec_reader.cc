#include <algorithm>
#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/spec_internal.h"

namespace inlet::pipeline {
namespace {

// Members of a Databricks pipeline body that say how it is run there; nothing here depends on them.
constexpr std::string_view kIgnoredBodyMembers[] = {
    "id",       "channel",  "continuous", "development", "serverless",       "photon",
    "edition",  "clusters", "libraries",  "tags",        "budget_policy_id", "notifications",
    "storage",  "run_as",   "trigger",    "filters",     "environment",      "configuration",
    "root_path"};

// Where objects without a catalog or schema of their own go.
struct Defaults {
  std::string catalog;
  std::string schema;
};

// Everything given for one object's table, engine keys and source options together.
struct Given {
  std::map<std::string, std::string> values;
  std::map<std::string, const Document*> places;
};

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

Result<std::string> required_text(const Document& map, std::string_view member) {
  const Document* value = map.find(member);
  if (value == nullptr || value->is_null()) {
    return std::unexpected(map.error(format("\"{}\" is missing", member)));
  }
  std::string text = TRY(value->as_text());
  if (text.empty()) return std::unexpected(value->error(format("\"{}\" is empty", member)));
  return text;
}

Result<std::string> text_or_empty(const Document& map, std::string_view member) {
  const Document* value = map.find(member);
  if (value == nullptr || value->is_null()) return std::string();
  return value->as_text();
}

// Why a folder cannot have this name; empty when it can.
std::string_view objection(std::string_view name) {
  if (name.size() > 200) return "is longer than 200 bytes";
  if (name.starts_with('.')) return "begins with a dot";
  if (name.front() == ' ' || name.back() == ' ') return "begins or ends with a blank";
  if (name == "_inlet" || name == "_delta_log") return "is taken by Inlet and Delta";
  const auto is_unsafe = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
           std::string_view("/\\:*?\"<>|#%").find(c) != std::string_view::npos;
  };
  if (std::any_of(name.begin(), name.end(), is_unsafe)) {
    return "holds a character that is not safe in a folder's name";
  }
  return "";
}

// A part of the destination; empty when neither the object nor the defaults give it.
Result<std::string> destination_part(const Document& table, std::string_view member,
                                     const std::string& fallback) {
  std::string name = TRY(text_or_empty(table, member));
  if (name.empty()) name = fallback;
  if (name.empty()) return name;
  const std::string_view why = objection(name);
  if (why.empty()) return name;
  const Document* value = table.find(member);
  const Document& place = value == nullptr ? table : *value;
  return std::unexpected(place.error(
      format("\"{}\" cannot be {}: it {}; write another {}", name, member, why, member)));
}

// An option's value as the text that options are made of: a list becomes JSON of texts, a map JSON.
Result<std::string> option_text(const Document& value) {
  if (value.is_scalar()) return value.text();
  if (value.is_null()) return std::unexpected(value.key_error("a value is missing"));
  if (value.is_map()) return to_text(value.to_json());
  Json list = Json::array();
  for (const Document& item : value.items()) {
    if (item.is_scalar()) {
      list.push_back(item.text());
    } else {
      list.push_back(item.to_json());
    }
  }
  return to_text(list);
}

Status collect_options(const Document* options, Given& given) {
  if (options == nullptr || options->is_null()) return {};
  if (!options->is_map()) return std::unexpected(options->error("expected options (name: value)"));
  for (const auto& [name, value] : options->members()) {
    const std::string key = to_lower(name);
    if (!given.places.emplace(key, &value).second) {
      return std::unexpected(value.key_error(format("option \"{}\" is given twice", name)));
    }
    given.values.emplace(key, TRY(option_text(value)));
  }
  return {};
}

// connector_options.community_connector_options.options, where the newer shape has source options.
Result<const Document*> connector_options(const Document& table) {
  const Document* at = table.find("connector_options");
  if (at == nullptr) return nullptr;
  for (const std::string_view step : {"community_connector_options", "options"}) {
    TRY(at->expect_members({step}));
    at = at->find(step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

// Says at the value's own place what Options would say about the first bad engine key.
Status check_engine_key(const std::string& key, const Given& given) {
  const std::string& text = given.values.at(key);
  const Document& place = *given.places.at(key);
  const auto checked =
      Options::make(table_configuration_options(), {{key, text}}, "table_configuration");
  if (!checked) return std::unexpected(place.error(checked.error().message));
  return {};
}

// Moves the keys that the engine takes for itself out of `given`.
Result<Options> take_engine_keys(Given& given) {
  std::map<std::string, std::string> own;
  for (const OptionSpec& spec : table_configuration_options()) {
    if (!given.values.contains(spec.name)) continue;
    TRY(check_engine_key(spec.name, given));
    own.insert(given.values.extract(spec.name));
  }
  return Options::make(table_configuration_options(), own, "table_configuration");
}

Result<SchemaEvolution> schema_evolution(const Options& options) {
  const std::string text = TRY(options.text("schema_evolution"));
  if (text == "rescue") return SchemaEvolution::Rescue;
  if (text == "fail") return SchemaEvolution::Fail;
  return SchemaEvolution::AddColumns;
}

Result<ScdType> scd_type(const Options& options) {
  const std::string text = TRY(options.text("scd_type"));
  if (text == "APPEND_ONLY") return ScdType::AppendOnly;
  return text == "SCD_TYPE_2" ? ScdType::Type2 : ScdType::Type1;
}

Result<ChangeRules> change_rules(const Options& options) {
  ChangeRules rules;
  if (options.has("apply_as_deletes")) {
    rules.apply_as_deletes = TRY(options.text("apply_as_deletes"));
  }
  rules.ignore_null_updates = TRY(options.boolean("ignore_null_updates"));
  if (options.has("track_history_columns")) {
    rules.track_history = TRY(options.list("track_history_columns"));
  }
  if (options.has("track_history_except_columns")) {
    rules.track_history_except = TRY(options.list("track_history_except_columns"));
  }
  return rules;
}

Status read_layout(const Options& options, const Given& given, TableObject& object) {
  if (options.has("cluster_by")) object.cluster_by = TRY(options.list("cluster_by"));
  if (options.has("partition_columns")) {
    object.partition_columns = TRY(options.list("partition_columns"));
  }
  if (object.cluster_by.empty() || object.partition_columns.empty()) return {};
  return std::unexpected(given.places.at("partition_columns")
                             ->error("partition_columns and cluster_by exclude each other; keep "
                                     "one, and use inlet optimize --zorder to sort the rows of a "
                                     "partition"));
}

Status read_configuration(const Document& table, TableObject& object) {
  Given given;
  TRY(collect_options(table.find("table_configuration"), given));
  const Document* of_connector = TRY(connector_options(table));
  TRY(collect_options(of_connector, given));
  const Options options = TRY(take_engine_keys(given));
  if (options.has("scd_type")) object.scd_type = TRY(scd_type(options));
  if (options.has("primary_keys")) object.primary_keys = TRY(options.list("primary_keys"));
  if (options.has("sequence_by")) object.sequence_by = TRY(options.list("sequence_by"));
  object.changes = TRY(change_rules(options));
  if (!object.changes.track_history.empty() && !object.changes.track_history_except.empty()) {
    return std::unexpected(table.error(
        "track_history_columns and track_history_except_columns exclude each other; keep one"));
  }
  object.schema_evolution = TRY(schema_evolution(options));
  object.is_max_compatible = TRY(options.boolean("max_compat"));
  object.allow_empty_snapshot = TRY(options.boolean("allow_empty_snapshot"));
  const std::string upkeep = TRY(options.text("upkeep"));
  object.is_tended = upkeep == "auto";
  TRY(read_layout(options, given, object));
  const std::string coercion = TRY(options.text("coercion"));
  object.coercion = TRY(parse_coercion_policy(coercion));
  object.source_options = std::move(given.values);
  for (const auto& [key, text] : object.source_options) {
    object.option_places.emplace(key, given.places.at(key)->where());
  }
  return {};
}

Result<TableObject> read_table(const Document& table, const Defaults& defaults) {
  TRY(table.expect_members({"source_table", "destination_catalog", "destination_schema",
                            "destination_table", "table_configuration", "connector_options"}));
  TableObject object;
  object.place = table.where();
  object.source_table = TRY(required_text(table, "source_table"));
  object.destination_catalog =
      TRY(destination_part(table, "destination_catalog", defaults.catalog));
  object.destination_schema = TRY(destination_part(table, "destination_schema", defaults.schema));
  object.destination_table = TRY(destination_part(table, "destination_table", object.source_table));
  if (!object.destination_catalog.empty() && object.destination_schema.empty()) {
    return std::unexpected(table.error("a destination_catalog needs a destination_schema"));
  }
  TRY(read_configuration(table, object));
  return object;
}

Result<std::vector<TableObject>> read_objects(const Document& body, const Defaults& defaults) {
  const Document* list = body.find("objects");
  if (list == nullptr) return std::unexpected(body.error("\"objects\" is missing"));
  if (!list->is_list() || list->items().empty()) {
    return std::unexpected(list->error("expected a list of objects: - table: {source_table: ...}"));
  }
  std::vector<TableObject> objects;
  for (const Document& item : list->items()) {
    TRY(item.expect_members({"table"}));
    const Document* table = item.find("table");
    if (table == nullptr) return std::unexpected(item.error("\"table\" is missing"));
    objects.push_back(TRY(read_table(*table, defaults)));
  }
  return objects;
}

Status read_plain(const Document& document, Spec& spec) {
  TRY(document.expect_members({"name", "connection_name", "objects"}));
  spec.connection_name = TRY(required_text(document, "connection_name"));
  spec.objects = TRY(read_objects(document, {}));
  return {};
}

Status read_wrapped(const Document& document, const Document& body, Spec& spec) {
  std::vector<std::string_view> known = {"name", "ingestion_definition", "catalog", "schema",
                                         "target"};
  known.insert(known.end(), std::begin(kIgnoredBodyMembers), std::end(kIgnoredBodyMembers));
  TRY(document.expect_members(known));
  TRY(body.expect_members({"source_type", "connection_name", "objects"}));
  Defaults defaults;
  defaults.catalog = TRY(text_or_empty(document, "catalog"));
  defaults.schema = TRY(text_or_empty(document, "schema"));
  if (defaults.schema.empty()) defaults.schema = TRY(text_or_empty(document, "target"));
  spec.connection_name = TRY(required_text(body, "connection_name"));
  spec.objects = TRY(read_objects(body, defaults));
  return {};
}

}  // namespace

Result<Spec> read_spec(const Document& document, std::string name) {
  if (!document.is_map()) {
    return std::unexpected(document.error("expected a pipeline: connection_name and objects"));
  }
  Spec spec;
  std::string given_name = TRY(text_or_empty(document, "name"));
  spec.name = given_name.empty() ? std::move(name) : std::move(given_name);
  const Document* body = document.find("ingestion_definition");
  TRY(body == nullptr ? read_plain(document, spec) : read_wrapped(document, *body, spec));
  return spec;
}

}  // namespace inlet::pipeline
