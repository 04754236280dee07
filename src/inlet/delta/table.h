#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/base/json.h"
#include "inlet/data/added_field.h"
#include "inlet/data/batch.h"
#include "inlet/delta/data_file.h"
#include "inlet/delta/table_settings.h"
#include "inlet/store/store.h"

namespace inlet::delta {

/// A connection to one table's store; made once per table and shared by the objects below. Safe
/// from any thread.
class Engine;
std::shared_ptr<Engine> make_engine(const store::StoreOptions& options,
                                    unsigned num_encode_threads);

/// One version of a table, immutable. Copies share it. Safe from any thread.
class Snapshot {
 public:
  /// The latest version; NotFound when there is no table at `url`.
  static Result<Snapshot> open(std::shared_ptr<Engine> engine, std::string_view url);
  static Result<Snapshot> open_at(std::shared_ptr<Engine> engine, std::string_view url,
                                  std::int64_t version);

  /// A table of version 0 with deletion vectors enabled, or Compatibility::Max where the properties
  /// say no to them, too. Conflict when there is one already.
  static Result<Snapshot> create(std::shared_ptr<Engine> engine, std::string_view url,
                                 const Schema& schema, const TableSettings& settings);

  /// The latest version; made with `schema` when there is no table, by us or by a faster writer.
  /// Nor does it matter when the answer to our making it is lost.
  static Result<Snapshot> open_or_create(std::shared_ptr<Engine> engine, std::string_view url,
                                         const Schema& schema, const TableSettings& settings = {});

  /// The latest version now; reads only the log after this one.
  Result<Snapshot> refresh() const;
  /// Another version of the same table.
  Result<Snapshot> at(std::int64_t version) const;

  const std::shared_ptr<Engine>& engine() const;
  const std::string& url() const;
  std::int64_t version() const;
  const Schema& schema() const;
  /// In the order of their folders; empty in most tables.
  const std::vector<std::string>& partition_columns() const;
  /// The stable id of the table (metaData.id).
  const std::string& table_id() const;
  /// Rows may die in place; in a table without, a commit rewrites the files that hold them.
  bool has_deletion_vectors() const;
  std::optional<std::string> property(std::string_view name) const;
  /// The last `txn` version of `app_id`, or nullopt.
  Result<std::optional<std::int64_t>> transaction_version(std::string_view app_id) const;
  Result<std::vector<DataFile>> files() const;

  /// Calls `visit` with batches of live rows of `file`: the chosen top-level columns in the asked
  /// order (empty: every column of the table's schema; columns the file lacks are null), and the
  /// row position in the file of each row. Memory is bounded by one row group's chosen columns. Of
  /// a `range` only row groups that hold some of its rows are read.
  Status read(const DataFile& file, const std::vector<std::string>& columns,
              const std::function<Status(Batch, std::span<const std::uint64_t> positions)>& visit,
              const RowRange& range = {}) const;

  /// The same for a file that is written and not yet part of the table: every column.
  Status read(const StagedFile& file,
              const std::function<Status(Batch, std::span<const std::uint64_t> positions)>& visit,
              const RowRange& range = {}) const;

  /// The rows of `file` at `positions` (ascending), dead ones too. Reads only the pages that hold
  /// some of them where the file has an offset index, as ours do.
  Status read_rows(
      const DataFile& file, const std::vector<std::string>& columns,
      std::span<const std::uint64_t> positions,
      const std::function<Status(Batch, std::span<const std::uint64_t> positions)>& visit) const;

  /// Calls `visit` once for each of the live data files at `paths`, in this order, with the
  /// positions (ascending) of its dead rows.
  Status dead_rows(
      std::span<const std::string_view> paths,
      const std::function<void(std::size_t index, std::span<const std::uint64_t> positions)>& visit)
      const;

  struct Impl;
  explicit Snapshot(std::shared_ptr<const Impl> impl);
  const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

enum class Operation { Write, Merge, Delete, Optimize };

/// What one commit changes. Plain data: it outlives a lost race and is committed again on a newer
/// snapshot.
struct Edit {
  Operation operation = Operation::Write;
  std::vector<StagedFile> add = {};
  /// Positions (ascending) of rows that die, by path; joined with those already dead. A file all of
  /// whose rows are dead is removed instead. Without deletion vectors commit() writes the others
  /// again, in memory of one row group.
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> delete_rows = {};
  std::vector<std::string> remove = {};
  /// Added to the schema in the same commit; all nullable.
  std::vector<AddedField> add_columns = {};
  std::string app_id = {};
  std::int64_t app_version = 0;
  /// Becomes commitInfo.userMetadata.
  std::string user_metadata = {};
};

/// Commits `edit` on exactly `base`. Conflict: another writer took the version and nothing of ours
/// landed; Indeterminate: unknown, look at transaction_version() of a fresh snapshot. Refuses an
/// app_version that is not above the stored one (Bug), paths that are not live in `base`, and
/// positions past a file's end.
Result<Snapshot> commit(const Snapshot& base, const Edit& edit);

/// One line of the table's history, newest first.
struct HistoryEntry {
  std::int64_t version = 0;
  std::int64_t timestamp_ms = 0;
  std::string operation;
  Json parameters;
  Json metrics;
  std::string user_metadata;
};
Result<std::vector<HistoryEntry>> history(const Snapshot& snapshot, std::size_t limit);

/// Writes a checkpoint of this version and the checksum file; harmless when they exist. Gives the
/// same version, which knows of its checkpoint.
Result<Snapshot> checkpoint(const Snapshot& snapshot);
/// Commits since the last checkpoint.
std::uint64_t commits_since_checkpoint(const Snapshot& snapshot);

}  // namespace inlet::delta
