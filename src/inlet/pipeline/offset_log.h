#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/connect/offset.h"
#include "inlet/delta/table.h"
#include "inlet/store/store.h"

namespace inlet::pipeline {

/// The offset that a table has come to for one object of a pipeline, and the transaction version
/// that holds it.
struct CommittedOffset {
  std::int64_t version = 0;  ///< of the object's transactions; 0: none yet
  Offset offset = {};
};

/// Where a table keeps its offsets (docs/decisions/table-is-checkpoint.md): the `txn` version of
/// the object and, in commitInfo.userMetadata of the same commit, the offset; a copy in
/// <table>/_inlet/offsets/<object>/<version>.json serves when log clean-up has removed the commit.
class OffsetLog {
 public:
  /// `app_id` names the object in the log. The store outlives this.
  OffsetLog(store::Store& store, std::string app_id);

  /// Reads the copy of the version that `table` is at, or the log when there is no copy. Config,
  /// with the remedy, when the table has a version and neither knows its offset.
  Result<CommittedOffset> find(const delta::Snapshot& table) const;

  /// The user metadata of a commit that brings the object to `next`.
  std::string metadata(const CommittedOffset& next, std::string_view run_id) const;
  /// True when the log says that this run wrote version `version`, and not another process at the
  /// same time.
  Result<bool> was_written_by(const delta::Snapshot& table, std::int64_t version,
                              std::string_view run_id) const;

  /// Writes the copy of `committed` and drops the one before the last.
  Status copy(const delta::Snapshot& table, const CommittedOffset& committed) const;

 private:
  std::string copy_url(const delta::Snapshot& table, std::int64_t version) const;

  store::Store& store_;
  std::string app_id_;
};

/// Before the commit with this user metadata is deleted: where it holds the offset that `table` is
/// at now, for whatever object, there is a copy of it afterwards.
Status keep_offset(store::Store& store, const delta::Snapshot& table,
                   std::string_view user_metadata);

}  // namespace inlet::pipeline
