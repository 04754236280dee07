#include "inlet/pipeline/table_target.h"

#include <algorithm>
#include <span>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "inlet/decode/decoder.h"
#include "inlet/pipeline/selection.h"
#include "inlet/upkeep/row_order.h"

namespace inlet::pipeline {
namespace {

// The object's name in the log: stable while it reads the same thing. Some options say what is read
// (owner, repo, path); the others say how, and changing them must not start the table again.
Result<std::string> app_id_of(const TableObject& object, const OpenSource& opened) {
  std::string app_id = format("inlet:{}:{}", opened.connector().name, object.source_table);
  const std::vector<OptionSpec> options =
      TRY(opened.connector().table_options(object.source_table));
  for (const OptionSpec& option : options) {
    const auto given = object.source_options.find(option.name);
    const bool tells = option.is_required || option.is_identity;
    if (!tells || given == object.source_options.end()) continue;
    app_id += format(":{}={}", option.name, given->second);
  }
  return opened.identity().empty() ? app_id : format("{}@{}", app_id, opened.identity());
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
  const IngestionType type = target.metadata.ingestion_type;
  // Events are added; an scd_type that the spec gives says that they are changes of rows.
  const bool is_append = type == IngestionType::Append && !object.scd_type;
  if (object.scd_type == ScdType::AppendOnly || is_append) {
    return target.keys.empty() ? Mode::Append : Mode::AppendByKey;
  }
  if (target.keys.empty()) {
    return std::unexpected(
        at(object,
           "it has no primary keys, and rows cannot be matched without them; give "
           "primary_keys, or scd_type: APPEND_ONLY"));
  }
  const bool keeps_versions = object.scd_type == ScdType::Type2;
  if (type == IngestionType::Snapshot) return Mode::Snapshot;
  return keeps_versions || object.changes.ignore_null_updates ? Mode::History : Mode::Upsert;
}

// The rules that scd_type and ingestion type leave room for.
Status settle_changes(const TableObject& object, TableTarget& target) {
  const ChangeRules& rules = object.changes;
  const bool has_keyed_changes = target.mode == Mode::Upsert || target.mode == Mode::History;
  const bool keeps_versions = object.scd_type == ScdType::Type2;
  target.has_delete_flow =
      has_keyed_changes && target.metadata.ingestion_type == IngestionType::CdcWithDeletes;
  const bool is_ordered = !target.sequence.empty();
  const bool has_deletes = target.has_delete_flow || !rules.apply_as_deletes.empty();
  if ((has_deletes || keeps_versions) && has_keyed_changes && !is_ordered) {
    return std::unexpected(
        at(object, "deletes and history need an order of changes; give sequence_by"));
  }
  if (!rules.apply_as_deletes.empty()) {
    if (!has_keyed_changes) {
      return std::unexpected(at(object, "apply_as_deletes is for tables with changes by key"));
    }
    auto condition = RowCondition::parse(rules.apply_as_deletes, target.source_schema);
    if (!condition)
      return std::unexpected(at(object, "apply_as_deletes: " + condition.error().message));
    target.is_delete = std::make_shared<const RowCondition>(*std::move(condition));
  }
  TRY(expect_columns(object, target.source_schema, rules.track_history, "track_history"));
  TRY(expect_columns(object, target.source_schema, rules.track_history_except, "track_history"));
  target.history = {.keeps_versions = keeps_versions,
                    .ignore_null_updates = rules.ignore_null_updates,
                    .tracked = rules.track_history,
                    .untracked = rules.track_history_except};
  return {};
}

Status check_clustering(const TableObject& object, const TableTarget& target) {
  Schema schema = target.source_schema;
  for (Field& column : target.framework_columns()) schema.fields.push_back(std::move(column));
  const Status checked = upkeep::check_order(schema, object.cluster_by);
  if (checked) return {};
  return std::unexpected(at(object, "cluster_by: " + checked.error().message));
}

bool can_divide(TypeKind kind) {
  switch (kind) {
    case TypeKind::Struct:
    case TypeKind::List:
    case TypeKind::Map:
    case TypeKind::Json:
    case TypeKind::Binary: return false;
    default: return true;
  }
}

Status check_partitioning(const TableObject& object, const TableTarget& target) {
  const std::vector<std::string>& columns = object.partition_columns;
  TRY(expect_columns(object, target.source_schema, columns, "partition_columns:"));
  for (auto name = columns.begin(); name != columns.end(); ++name) {
    const auto index = target.source_schema.index_of(*name);
    if (!index) {
      return std::unexpected(at(object, format("partition_columns: \"{}\" is a member of a struct; "
                                               "name a top-level column",
                                               *name)));
    }
    const Type& type = target.source_schema.fields[*index].type;
    if (!can_divide(type.kind)) {
      return std::unexpected(
          at(object, format("partition_columns: \"{}\" is of type {}; name a column of texts, "
                            "numbers, booleans, dates or times",
                            *name, to_text(type))));
    }
    if (std::find(columns.begin(), name, *name) != name) {
      return std::unexpected(at(object, format("partition_columns: \"{}\" is there twice", *name)));
    }
  }
  if (columns.empty() || columns.size() < target.source_schema.fields.size()) return {};
  return std::unexpected(
      at(object, "partition_columns: these are all columns, and files need one; leave some out"));
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
    case Mode::History: return "history of keys";
    case Mode::Snapshot: return "snapshot";
  }
  return "append";
}

apply::AuxiliaryTable TableTarget::auxiliary_of(const delta::Snapshot& table,
                                                std::function<void()> on_commit) const {
  std::vector<std::string> never_null = keys;
  never_null.insert(never_null.end(), sequence.begin(), sequence.end());
  return {table, source_schema, std::move(never_null), std::move(on_commit)};
}

std::vector<Field> TableTarget::framework_columns() const {
  // The rescued column is part of every table, so that a surprise later on changes no schema.
  std::vector<Field> columns = {{std::string(decode::kRescuedColumn),
                                 {TypeKind::String},
                                 true,
                                 "Unknown members and refused values of the record, as JSON."}};
  if (!history.keeps_versions || (mode != Mode::History && mode != Mode::Snapshot)) return columns;
  // Snapshots are numbered.
  const Type type =
      mode == Mode::Snapshot ? Type{TypeKind::Long} : apply::interval_type(source_schema, sequence);
  columns.push_back({std::string(apply::kStartAt), type, false,
                     "The sequence of the change that this version of the row began with."});
  columns.push_back(
      {std::string(apply::kEndAt), type, true,
       "The sequence of the change that ended it; null while it is the current one."});
  return columns;
}

Schema TableTarget::delete_schema() const {
  std::vector<std::string> paths = keys;
  paths.insert(paths.end(), sequence.begin(), sequence.end());
  Schema schema;
  for (const std::string& name : columns_of(source_schema, paths)) {
    schema.fields.push_back(source_schema.fields[*source_schema.index_of(name)]);
  }
  return schema;
}

std::unique_ptr<apply::Applier> TableTarget::make_applier(
    const delta::Snapshot& table, const index::IndexOptions& index,
    std::function<void()> on_auxiliary_commit) const {
  const auto locator = [&](const std::vector<std::string>& of, std::vector<std::string> order) {
    return index.folder.empty() ? index::make_probe(of, std::move(order), index.num_threads)
                                : index::make_indexed(index, of, std::move(order));
  };
  switch (mode) {
    case Mode::Append: return apply::make_append(table);
    case Mode::AppendByKey: {
      // An event of a changing record is a row of its own: the same key at another sequence is no
      // duplicate.
      std::vector<std::string> identity = keys;
      for (const std::string& column : sequence) {
        if (std::find(keys.begin(), keys.end(), column) == keys.end()) identity.push_back(column);
      }
      return apply::make_first_only(locator(identity, {}), identity);
    }
    case Mode::Upsert:
      return apply::make_upsert(locator(keys, sequence), {keys, sequence},
                                auxiliary_of(table, std::move(on_auxiliary_commit)));
    case Mode::History:
      return apply::make_history(locator(keys, sequence), {keys, sequence}, history,
                                 auxiliary_of(table, std::move(on_auxiliary_commit)));
    case Mode::Snapshot: return apply::make_snapshot(table, index, keys, history.keeps_versions);
  }
  return nullptr;
}

Result<TableTarget> resolve_target(const TableObject& object, std::string_view warehouse_url,
                                   OpenSource& opened) {
  Source& source = opened.source();
  const TableRequest request{.table = object.source_table, .options = object.source_options};
  TableTarget target{.url = format("{}/{}", warehouse_url, object.destination_path()),
                     .app_id = TRY(app_id_of(object, opened))};
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
  TRY(settle_changes(object, target));
  TRY(check_clustering(object, target));
  TRY(check_partitioning(object, target));
  return target;
}

Status expect_own_destination(const Spec& spec, const TableObject& object,
                              const TableTarget& target) {
  if (target.mode != Mode::Snapshot || !is_destination_shared(spec, object)) return {};
  return fail(
      ErrorKind::Config,
      format("{}: two objects cannot keep one table ({}) when one of them is a snapshot: each "
             "would delete the other's rows; give one a destination_table of its own",
             object.place, object.display_name()));
}

delta::Compatibility compatibility_of(const TableObject& object) {
  return object.is_max_compatible ? delta::Compatibility::Max : delta::Compatibility::Usual;
}

delta::TableSettings settings_of(const TableObject& object) {
  return {.compatibility = compatibility_of(object), .partition_columns = object.partition_columns};
}

Status check_compatibility(const TableObject& object, const delta::Snapshot& table) {
  const std::vector<std::string>& columns = table.partition_columns();
  if (!object.partition_columns.empty() &&
      !std::ranges::is_permutation(object.partition_columns, columns)) {
    return std::unexpected(
        at(object, format("partition_columns: the table {} has {}, and that cannot be changed any "
                          "more; {}, or name another destination_table",
                          table.url(), columns.empty() ? "none" : inlet::to_text(Json(columns)),
                          columns.empty() ? "leave the option out" : "write these")));
  }
  if (!object.is_max_compatible || !table.has_deletion_vectors()) return {};
  return std::unexpected(at(object, format("the table {} has deletion vectors already, and "
                                           "max_compat is for a table that is made; name another "
                                           "destination_table, or leave max_compat out",
                                           table.url())));
}

Result<EvolvedSchema> evolve(const Schema& source, const Schema& table, SchemaEvolution policy) {
  std::vector<AddedField> lacking = fields_lacking(source, table);
  // An interval has its type for the table's life, as the sequence has.
  std::erase_if(lacking, [](const AddedField& added) {
    return !added.parent.empty() &&
           (added.parent.front() == apply::kStartAt || added.parent.front() == apply::kEndAt);
  });
  if (policy == SchemaEvolution::Fail && !lacking.empty()) {
    return fail(
        ErrorKind::Config,
        format("the source has a new column \"{}\" and schema_evolution is \"fail\"; add it to "
               "the table, or set schema_evolution to add_columns or rescue",
               lacking.front().path()));
  }
  EvolvedSchema evolved;
  if (policy == SchemaEvolution::AddColumns) evolved.added = std::move(lacking);
  const Schema target = with_fields(table, evolved.added);
  for (const Field& field : source.fields) {
    const auto index = target.index_of(field.name);
    if (!index) continue;
    Field kept = target.fields[*index];
    const bool is_new = !table.index_of(field.name);
    kept.is_nullable = kept.is_nullable && (is_new || field.is_nullable);
    // The table stores JSON text as a string; the connector knows that it is JSON.
    if (field.type.kind == TypeKind::Json && kept.type.kind == TypeKind::String)
      kept.type = field.type;
    evolved.decode.fields.push_back(std::move(kept));
  }
  return evolved;
}

}  // namespace inlet::pipeline
