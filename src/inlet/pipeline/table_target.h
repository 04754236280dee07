#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/connect/source.h"
#include "inlet/delta/table.h"
#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {

/// How rows become edits of the table.
enum class Mode { Append, AppendByKey, Upsert, Snapshot };
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

  std::unique_ptr<apply::Applier> make_applier(const delta::Snapshot& table) const;
};

/// Asks the source for schema and metadata and settles mode, keys and sequence. Config when the
/// object asks for what the table cannot give (keys that are no columns, a snapshot without keys,
/// deletes); the error names the object's place.
Result<TableTarget> resolve_target(const TableObject& object, std::string_view warehouse_url,
                                   std::string_view connector,
                                   const std::vector<OptionSpec>& table_options, Source& source);

/// The schema that records are decoded with, given the table as it is: columns that exist keep the
/// table's type, new ones follow the policy. `added` are those to be added to the table first.
struct EvolvedSchema {
  Schema decode;
  std::vector<Field> added = {};
};
Result<EvolvedSchema> evolve(const Schema& source, const Schema& table, SchemaEvolution policy);

}  // namespace inlet::pipeline
