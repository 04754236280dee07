#include <utility>

#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "inlet/delta/copy_on_write_internal.h"
#include "inlet/delta/objects.h"
#include "inlet/delta/snapshot_internal.h"
#include "inlet/delta/table.h"

namespace inlet::delta {
namespace {

InletOperation to_bridge(Operation operation) {
  switch (operation) {
    case Operation::Write: return InletOperation::Write;
    case Operation::Merge: return InletOperation::Merge;
    case Operation::Delete: return InletOperation::Delete;
    case Operation::Optimize: return InletOperation::Optimize;
  }
  return InletOperation::Write;
}

// For the bridge; empty for none.
std::string describe(const std::vector<AddedField>& added) {
  if (added.empty()) return {};
  Json columns = Json::array();
  for (const AddedField& column : added) {
    columns.push_back({{"parent", column.parent},
                       {"column", to_spark_json(Schema{{column.field}})["fields"][0]}});
  }
  return to_text(columns);
}

Result<Snapshot> commit_as_it_is(const Snapshot& base, const Edit& edit) {
  std::vector<InletStagedFile> adds;
  for (const StagedFile& file : edit.add) {
    adds.push_back({bridge::lend(file.path), file.size, file.num_rows, bridge::lend(file.stats),
                    bridge::lend(file.partition)});
  }
  std::vector<InletDeadRows> dead_rows;
  for (const auto& [path, positions] : edit.delete_rows) {
    dead_rows.push_back({bridge::lend(path), positions.data(), positions.size()});
  }
  std::vector<InletText> removes;
  for (const std::string& path : edit.remove) removes.push_back(bridge::lend(path));
  const std::string add_columns = describe(edit.add_columns);
  const InletEdit lent = {.operation = to_bridge(edit.operation),
                          .adds = adds.data(),
                          .num_adds = adds.size(),
                          .dead_rows = dead_rows.data(),
                          .num_dead_rows = dead_rows.size(),
                          .removes = removes.data(),
                          .num_removes = removes.size(),
                          .add_columns = bridge::lend(add_columns),
                          .app_id = bridge::lend(edit.app_id),
                          .app_version = edit.app_version,
                          .user_metadata = bridge::lend(edit.user_metadata)};
  InletSnapshot* committed = nullptr;
  TRY(bridge::call(inlet_bridge_commit, base.impl()->handle.get(), &lent, &committed));
  return wrap(base.impl()->engine, base.url(), committed);
}

}  // namespace

Result<Snapshot> commit(const Snapshot& base, const Edit& edit) {
  if (base.has_deletion_vectors() || edit.delete_rows.empty()) return commit_as_it_is(base, edit);
  const Rewrite rewrite = TRY(rewrite_without(base, edit.delete_rows));
  Edit whole = edit;
  whole.delete_rows.clear();
  whole.add.insert(whole.add.end(), rewrite.add.begin(), rewrite.add.end());
  whole.remove.insert(whole.remove.end(), rewrite.remove.begin(), rewrite.remove.end());
  Result<Snapshot> committed = commit_as_it_is(base, whole);
  // After any other failure they may be part of the table.
  if (!committed && committed.error().kind == ErrorKind::Conflict) discard(base, rewrite.add);
  return committed;
}

}  // namespace inlet::delta
