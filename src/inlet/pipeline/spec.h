#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/base/error.h"
#include "inlet/connect/options.h"
#include "inlet/data/coerce.h"

namespace inlet::pipeline {

enum class ScdType { Type1, Type2, AppendOnly };

enum class SchemaEvolution { AddColumns, Rescue, Fail };

/// What the changes of a key mean for the table.
struct ChangeRules {
  std::string apply_as_deletes = {};  ///< a RowCondition; empty: none
  bool ignore_null_updates = false;
  std::vector<std::string> track_history = {};         ///< empty: all but the keys
  std::vector<std::string> track_history_except = {};  ///< not together with track_history
  bool operator==(const ChangeRules&) const = default;
};

/// One table of a pipeline: what is read, where it goes, and how.
struct TableObject {
  std::string source_table;
  std::string destination_catalog = {};        ///< may be empty
  std::string destination_schema = {};         ///< may be empty
  std::string destination_table = {};          ///< the source table's name where the spec says none
  std::optional<ScdType> scd_type = {};        ///< none: as the ingestion type asks
  std::vector<std::string> primary_keys = {};  ///< empty: the connector's
  std::vector<std::string> sequence_by = {};   ///< empty: the connector's cursor field
  ChangeRules changes = {};
  SchemaEvolution schema_evolution = SchemaEvolution::AddColumns;
  CoercionPolicy coercion = CoercionPolicy::Strict;
  bool is_max_compatible = false;            ///< the table is made without table features
  bool allow_empty_snapshot = false;         ///< let a snapshot without rows empty the table
  bool is_tended = true;                     ///< runs merge files and purge dead rows
  std::vector<std::string> cluster_by = {};  ///< what they sort those files by
  /// Of a new table; empty: none, and any of a table that exists.
  std::vector<std::string> partition_columns = {};
  /// Everything else in table_configuration, for the source.
  std::map<std::string, std::string> source_options = {};
  std::map<std::string, std::string> option_places = {};  ///< "file:line:column" of each of them
  std::string place = {};  ///< "file:line:column" of this object in the spec

  /// Folder of the table below the warehouse: [catalog/][schema/]table.
  std::string destination_path() const;
  /// `[catalog.][schema.]table`, quoted with back-ticks where a part needs it: what people see and
  /// `--only` takes.
  std::string display_name() const;
};

/// What to bring where: contract.md's two shapes (plain, and wrapped in `ingestion_definition`),
/// JSON or YAML.
struct Spec {
  std::string name;  ///< the file's name without its ending, unless the spec says one
  std::string connection_name;
  std::vector<TableObject> objects;

  /// Every complaint names file, line and column: unknown member or key, unknown scd_type, no
  /// source_table, two objects with one destination and different keys, an unsafe destination name.
  static Result<Spec> parse(const Document& document, std::string name);
  static Result<Spec> load(const std::string& path);
};

/// The keys of table_configuration that the engine takes for itself, for the validator and the
/// reference page.
const std::vector<OptionSpec>& table_configuration_options();

}  // namespace inlet::pipeline
