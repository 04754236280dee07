#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/apply/history_edit.h"
#include "inlet/apply/row_gather.h"
#include "inlet/apply/row_writer_internal.h"
#include "inlet/apply/stored_rows_internal.h"

namespace inlet::apply {

/// The stored rows of one key that its changes need.
struct StoredKey {
  std::vector<StoredRow*> versions;
  std::vector<StoredRow*> kept;
  bool is_tail = false;
};

/// The edits of the table and of its auxiliary table in the making, key by key: rows go to files as
/// they come.
class HistoryDraft {
 public:
  /// `gather` has the columns of the table without its interval. What is given is borrowed.
  HistoryDraft(const delta::Snapshot& base, const KeyedColumns& columns, AuxiliaryTable& auxiliary,
               const RowGather& gather);

  Status take(std::string_view key, const HistoryEdit& edit, const StoredKey& stored);
  /// The table's edit.
  Result<delta::Edit> finish(const StoredRows& target);
  /// Commits the auxiliary table if it changes; false: it does not. After finish(). Conflict:
  /// another wrote it, and nothing stays of this draft.
  Result<bool> commit_auxiliary(const StoredRows* kept, index::KeyLocator& locator);
  /// After finish(); null when nothing was added.
  std::unique_ptr<RowWriter> release_writer() { return std::move(writer_); }

 private:
  Status add(const Version& version);
  Status keep(std::string_view key, const Event& event);
  Status open_auxiliary();
  void discard();

  const delta::Snapshot& base_;
  const KeyedColumns& columns_;
  AuxiliaryTable& auxiliary_;
  const RowGather& gather_;
  std::unique_ptr<RowWriter> writer_;
  std::vector<const StoredRow*> removed_;
  std::vector<delta::StagedFile> files_;
  std::optional<delta::Snapshot> auxiliary_base_;
  std::unique_ptr<RowWriter> auxiliary_writer_;
  std::vector<std::optional<std::size_t>> auxiliary_columns_;  // cell per column
  std::vector<const StoredRow*> forgotten_;
  std::vector<delta::StagedFile> auxiliary_files_;
};

}  // namespace inlet::apply
