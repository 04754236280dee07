#include "inlet/pipeline/open_table.h"

#include <algorithm>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/pipeline/commit_loop.h"

namespace inlet::pipeline {
namespace {

Schema without_framework_columns(Schema schema, const TableTarget& target) {
  for (const Field& column : target.framework_columns()) {
    std::erase_if(schema.fields, [&](const Field& field) { return field.name == column.name; });
  }
  return schema;
}

}  // namespace

Result<OpenTable> open_table(const Clock& clock, std::shared_ptr<delta::Engine> engine,
                             const TableObject& object, const TableTarget& target) {
  Schema wanted = target.source_schema;
  for (Field& column : target.framework_columns()) wanted.fields.push_back(std::move(column));
  Result<delta::Snapshot> existing = delta::Snapshot::open(engine, target.url);
  const bool is_new = !existing && existing.error().kind == ErrorKind::NotFound;
  if (is_new) {
    existing =
        delta::Snapshot::open_or_create(std::move(engine), target.url, wanted, settings_of(object));
  }
  delta::Snapshot table = TRY(std::move(existing));
  const std::int64_t version_before = is_new ? -1 : table.version();
  TRY(check_compatibility(object, table));

  EvolvedSchema evolved = TRY(evolve(wanted, table.schema(), object.schema_evolution));
  std::vector<std::string> added_columns;
  if (!evolved.added.empty()) {
    table = TRY(
        commit_with_retries(clock, table, [&](const delta::Snapshot& base) -> Result<delta::Edit> {
          EvolvedSchema now = TRY(evolve(wanted, base.schema(), object.schema_evolution));
          return delta::Edit{.add_columns = std::move(now.added)};
        }));
    for (const AddedField& added : evolved.added) added_columns.push_back(added.path());
    // Another writer may have added to the same structs meanwhile.
    evolved = TRY(evolve(wanted, table.schema(), object.schema_evolution));
  }
  return OpenTable{.table = std::move(table),
                   .version_before = version_before,
                   .decode_schema = without_framework_columns(std::move(evolved.decode), target),
                   .added_columns = std::move(added_columns)};
}

}  // namespace inlet::pipeline
