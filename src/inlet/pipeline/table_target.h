#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/connect/source.h"
#include "inlet/delta/table.h"
#include "inlet/pipeline/row_condition.h"
#include "inlet/pipeline/run.h"
#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {

/// How rows become edits of the table.
enum class Mode { Append, AppendByKey, Upsert, History, Snapshot };
std::string_view to_text(Mode mode);

/// One object of a spec, resolved against its source: everything a run of it needs to know before
/// it reads.
struct TableTarget {
  std::string url;     ///< the Delta table
  std::string app_id;  ///< names the object in the table's log
  Mode mode = Mode::Append;
  TableMetadata metadata = {};
  std::vector<std::string> keys = {};
  std::vector<std::string> sequence = {};
  Schema source_schema = {};  ///< as the connector declares it, keys and sequence made not-null
  apply::HistoryOptions history = {};                  ///< of Mode::History
  std::shared_ptr<const RowCondition> is_delete = {};  ///< of a row; null: no row is a delete
  bool has_delete_flow = false;                        ///< read_table_deletes() is to be read too

  /// What the table has besides the source's columns.
  std::vector<Field> framework_columns() const;
  /// The columns that a delete flow's records are read with: keys and sequence.
  Schema delete_schema() const;
  /// `index`: an empty folder means none; `on_auxiliary_commit`: see AuxiliaryTable.
  std::unique_ptr<apply::Applier> make_applier(const delta::Snapshot& table,
                                               const index::IndexOptions& index,
                                               std::function<void()> on_auxiliary_commit) const;
  apply::AuxiliaryTable auxiliary_of(const delta::Snapshot& table,
                                     std::function<void()> on_commit) const;
};

/// Asks the source for schema and metadata and settles mode, keys and sequence. Config when the
/// object asks for what the table cannot give (keys that are no columns, a snapshot without keys,
/// deletes without a sequence); the error names the object's place.
Result<TableTarget> resolve_target(const TableObject& object, std::string_view warehouse_url,
                                   OpenSource& opened);

/// Config when two objects of the spec keep one table and this one is a snapshot, which would
/// delete the other's rows.
Status expect_own_destination(const Spec& spec, const TableObject& object,
                              const TableTarget& target);

delta::Compatibility compatibility_of(const TableObject& object);
/// How the object's table is made.
delta::TableSettings settings_of(const TableObject& object);
/// Config when the object asks for more than the table, which was made before, can still give:
/// max_compat, or other partition columns.
Status check_compatibility(const TableObject& object, const delta::Snapshot& table);

/// The schema that records are decoded with, given the table as it is: what exists keeps the
/// table's type, new columns and new members of structs follow the policy. `added` are those to be
/// added to the table first.
struct EvolvedSchema {
  Schema decode;
  std::vector<AddedField> added = {};
};
Result<EvolvedSchema> evolve(const Schema& source, const Schema& table, SchemaEvolution policy);

}  // namespace inlet::pipeline
