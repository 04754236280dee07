#include "inlet/pipeline/table_target.h"

#include <algorithm>
#include <span>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet::pipeline {
namespace {

// The object's name in the log: stable while it reads the same thing. Required options say what is
// read (owner, repo, path); the others say how, and changing them must not start the table again.
std::string app_id_of(const TableObject& object, std::string_view connector,
                      const std::vector<OptionSpec>& table_options) {
  std::string app_id = format("inlet:{}:{}", connector, object.source_table);
  for (const OptionSpec& option : table_options) {
    const auto given = object.source_options.find(option.name);
    if (!option.is_required || given == object.source_options.end()) continue;
    app_id += format(":{}={}", option.name, given->second);
  }
  return app_id;
}

Error at(const TableObject& object, std::string_view message) {
  return {ErrorKind::Config,
          format("{}: table {}: {}", object.place, object.display_name(), message)};
}

Status expect_columns(const TableObject& object, const Schema& schema,
                      const std::vector<std::string>& paths, std::string_view what) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields) names.push_back(field.name);
  for (const std::string& path : paths) {
    if (schema.find(path) != nullptr) continue;
    return std::unexpected(
        at(object, format("{} \"{}\" is not a column{}", what, path,
                          did_you_mean(path, std::span<const std::string>(names)))));
  }
  return {};
}

Result<Mode> mode_of(const TableObject& object, const TableTarget& target) {
  if (object.scd_type == ScdType::AppendOnly ||
      target.metadata.ingestion_type == IngestionType::Append) {
    return target.keys.empty() ? Mode::Append : Mode::AppendByKey;
  }
  if (target.keys.empty()) {
    return std::unexpected(
        at(object,
           "it has no primary keys, and rows cannot be matched without them; give "
           "primary_keys, or scd_type: APPEND_ONLY"));
  }
  switch (target.metadata.ingestion_type) {
    case IngestionType::Snapshot: return Mode::Snapshot;
    case IngestionType::CdcWithDeletes:
      return std::unexpected(
          at(object,
             "its source sends deletes (cdc_with_deletes), which this version does "
             "not apply; with scd_type: APPEND_ONLY its upserts are kept as events"));
    case IngestionType::Cdc:
    case IngestionType::Append: return Mode::Upsert;
  }
  return Mode::Upsert;
}

void forbid_nulls(Schema& schema, const std::vector<std::string>& paths) {
  for (Field& field : schema.fields) {
    if (std::find(paths.begin(), paths.end(), field.name) != paths.end()) field.is_nullable = false;
  }
}

}  // namespace

std::string_view to_text(Mode mode) {
  switch (mode) {
    case Mode::Append: return "append";
    case Mode::AppendByKey: return "append by key";
    case Mode::Upsert: return "scd type 1";
    case Mode::Snapshot: return "snapshot";
  }
  return "append";
}

std::unique_ptr<apply::Applier> TableTarget::make_applier(const delta::Snapshot& table) const {
  switch (mode) {
    case Mode::Append: return apply::make_append(table);
    case Mode::AppendByKey: {
      // An event of a changing record is a row of its own: the same key at another sequence is no
      // duplicate.
      std::vector<std::string> identity = keys;
      for (const std::string& column : sequence) {
        if (std::find(keys.begin(), keys.end(), column) == keys.end()) identity.push_back(column);
      }
      return apply::make_keyed(std::move(identity), {}, apply::KeyRule::FirstOnly);
    }
    case Mode::Upsert: return apply::make_keyed(keys, sequence, apply::KeyRule::Upsert);
    case Mode::Snapshot: return apply::make_snapshot(table, keys);
  }
  return nullptr;
}

Result<TableTarget> resolve_target(const TableObject& object, std::string_view warehouse_url,
                                   std::string_view connector,
                                   const std::vector<OptionSpec>& table_options, Source& source) {
  const TableRequest request{.table = object.source_table, .options = object.source_options};
  TableTarget target{.url = format("{}/{}", warehouse_url, object.destination_path()),
                     .app_id = app_id_of(object, connector, table_options)};
  target.metadata = TRY(source.read_table_metadata(request));
  target.source_schema = TRY(source.get_table_schema(request));
  target.keys = object.primary_keys.empty() ? target.metadata.primary_keys : object.primary_keys;
  target.sequence = object.sequence_by;
  if (target.sequence.empty() && target.metadata.cursor_field) {
    target.sequence = {*target.metadata.cursor_field};
  }
  TRY(expect_columns(object, target.source_schema, target.keys, "primary key"));
  TRY(expect_columns(object, target.source_schema, target.sequence, "sequence_by"));
  target.mode = TRY(mode_of(object, target));
  if (target.mode == Mode::Snapshot) target.sequence.clear();
  forbid_nulls(target.source_schema, target.keys);
  forbid_nulls(target.source_schema, target.sequence);
  return target;
}

Result<EvolvedSchema> evolve(const Schema& source, const Schema& table, SchemaEvolution policy) {
  EvolvedSchema evolved;
  for (const Field& field : source.fields) {
    const auto same_name =
        std::find_if(table.fields.begin(), table.fields.end(),
                     [&](const Field& existing) { return existing.name == field.name; });
    if (same_name != table.fields.end()) {
      Field kept = *same_name;
      kept.is_nullable = kept.is_nullable && field.is_nullable;
      // The table stores JSON text as a string; the connector knows that it is JSON.
      if (field.type.kind == TypeKind::Json && kept.type.kind == TypeKind::String)
        kept.type = field.type;
      evolved.decode.fields.push_back(std::move(kept));
      continue;
    }
    if (policy == SchemaEvolution::Fail) {
      return fail(
          ErrorKind::Config,
          format("the source has a new column \"{}\" and schema_evolution is \"fail\"; add it to "
                 "the table, or set schema_evolution to add_columns or rescue",
                 field.name));
    }
    if (policy == SchemaEvolution::Rescue) continue;
    Field added = field;
    added.is_nullable = true;
    evolved.added.push_back(added);
    evolved.decode.fields.push_back(std::move(added));
  }
  return evolved;
}

}  // namespace inlet::pipeline
