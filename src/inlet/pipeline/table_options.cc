#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {
namespace {

// What the changes of a key mean.
std::vector<OptionSpec> change_options() {
  return {
      {.name = "scd_type",
       .type = OptionType::Choice,
       .help = "How changes reach the table: SCD_TYPE_1 keeps the latest state of each key, "
               "SCD_TYPE_2 every version with __START_AT and __END_AT, APPEND_ONLY adds every row. "
               "Left out: as the table's ingestion type asks.",
       .example = "SCD_TYPE_2",
       .choices = {"SCD_TYPE_1", "SCD_TYPE_2", "APPEND_ONLY"}},
      {.name = "primary_keys",
       .type = OptionType::TextList,
       .help = "Columns that identify a row; dotted paths are legal. Left out: the connector's.",
       .example = "id"},
      {.name = "sequence_by",
       .type = OptionType::TextList,
       .help = "Columns that order the changes of a key. Left out: the connector's cursor field.",
       .example = "updated_at"},
      {.name = "apply_as_deletes",
       .type = OptionType::Text,
       .help = "A condition on columns; a row that meets it deletes its key. Columns, literals, =, "
               "<>, <, <=, >, >=, IN, IS NULL, AND, OR, NOT and parentheses, with SQL's meaning; "
               "null means: no delete.",
       .example = "operation = 'DELETE'"},
      {.name = "ignore_null_updates",
       .type = OptionType::Boolean,
       .default_value = "false",
       .help = "A null means that the value was not sent: the column keeps what it has.",
       .example = "true"},
      {.name = "track_history_columns",
       .type = OptionType::TextList,
       .help = "SCD_TYPE_2: the columns whose change makes a new version. Left out: all but the "
               "keys.",
       .example = "status"},
      {.name = "track_history_except_columns",
       .type = OptionType::TextList,
       .help = "SCD_TYPE_2: the columns whose change makes no new version.",
       .example = "last_seen_at"},
  };
}

// How the table is kept.
std::vector<OptionSpec> keeping_options() {
  return {
      {.name = "partition_columns",
       .type = OptionType::TextList,
       .help =
           "Columns by which a new table is divided (partition_by elsewhere): a data file holds "
           "rows that share their values, in folders like day=2024-05-01. Top-level columns of "
           "few values, with some column left over; not together with cluster_by. An empty "
           "text is stored as null there. Left out: as the table is, and a new one is not "
           "divided.",
       .example = "day"},
      {.name = "cluster_by",
       .type = OptionType::TextList,
       .help = "Columns that queries select by. Upkeep sorts the rows that it writes again by "
               "this column, or along a Z-curve through several; inlet optimize --zorder sorts "
               "the whole table.",
       .example = "created_at"},
      {.name = "schema_evolution",
       .type = OptionType::Choice,
       .default_value = "add_columns",
       .help = "What happens to a column, or a member of a struct, that the table has not got: it "
               "is added, its values go to the rescued-data column, or the run fails.",
       .example = "rescue",
       .choices = {"add_columns", "rescue", "fail"}},
      {.name = "max_compat",
       .type = OptionType::Boolean,
       .default_value = "false",
       .help = "Make the table for readers and writers of any age: Delta protocol (1, 2), without "
               "deletion vectors. Every change then rewrites the files that hold the old rows.",
       .example = "true"},
      {.name = "allow_empty_snapshot",
       .type = OptionType::Boolean,
       .default_value = "false",
       .help = "Let a snapshot without any row empty the table; otherwise that is an error.",
       .example = "true"},
      {.name = "upkeep",
       .type = OptionType::Choice,
       .default_value = "auto",
       .help = "auto: runs merge small files, take dead rows out and delete expired files of the "
               "log, in small portions after their commits. off: only checkpoints are written; "
               "inlet optimize, or another engine, does the rest.",
       .example = "off",
       .choices = {"auto", "off"}},
      {.name = "coercion",
       .type = OptionType::Choice,
       .default_value = "strict",
       .help = "How much of a value's spelling is forgiven: strict guesses nothing, lenient takes "
               "what people's data really holds, lakeflow gives the Python framework's results.",
       .example = "lenient",
       .choices = {"strict", "lenient", "lakeflow"}},
  };
}

}  // namespace

const std::vector<OptionSpec>& table_configuration_options() {
  static const std::vector<OptionSpec> kOptions = [] {
    std::vector<OptionSpec> options = change_options();
    const std::vector<OptionSpec> more = keeping_options();
    options.insert(options.end(), more.begin(), more.end());
    return options;
  }();
  return kOptions;
}

}  // namespace inlet::pipeline
