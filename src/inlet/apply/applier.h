#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlet/apply/auxiliary_table.h"
#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/table.h"
#include "inlet/index/key_locator.h"

namespace inlet::apply {

/// What became of the changes given to an applier. num_committed + num_unchanged + num_deduplicated
/// = changes added.
struct Counts {
  std::uint64_t num_committed = 0;     ///< took effect: upserts and deletes
  std::uint64_t num_unchanged = 0;     ///< the table held the same values already
  std::uint64_t num_deduplicated = 0;  ///< superseded by another change of the same key
  std::uint64_t num_deleted = 0;       ///< rows taken out, by a delete or a snapshot without them
};

/// An edit without its transaction id and user metadata: the pipeline adds those.
struct Prepared {
  delta::Edit edit;
  Counts counts;
};

/// What a change does to its key.
enum class ChangeKind { Upsert, Delete };

/// Turns changes into the edit of one commit. They come in source order; all batches of one kind
/// have one schema. Upserts have columns that the table has, with the same types; deletes need only
/// keys and sequence. For one thread.
class Applier {
 public:
  virtual ~Applier() = default;

  virtual Status add(Batch batch, ChangeKind kind = ChangeKind::Upsert) = 0;
  /// Memory held for rows that are not committed yet.
  virtual std::uint64_t held_bytes() const = 0;
  /// Bytes of table data written and not committed yet.
  virtual std::uint64_t staged_bytes() const = 0;

  /// The edit that brings the changes added since the last clear() into `base`; what belongs into
  /// the auxiliary table is committed there before this returns. Called again, with a newer
  /// snapshot, after a lost race. Conflict: `base` changed in a way that only a new read can
  /// answer.
  virtual Result<Prepared> prepare(const delta::Snapshot& base) = 0;
  /// What was prepared is committed as `now`: go on from there with nothing held. Also when it went
  /// another way, or nowhere, and `now` lacks it.
  virtual void clear(const delta::Snapshot& now) = 0;
};

/// Names of an applier's columns, dotted paths, in the source's schema.
struct KeyedColumns {
  std::vector<std::string> keys;
  std::vector<std::string> sequence = {};  ///< empty: all changes tie
};

/// Rows are added as they come (scd.md, "Append"), without a look at the table.
std::unique_ptr<Applier> make_append(delta::Snapshot table);

/// Append with keys: the first row of a key stays, here and against the table; every other is a
/// duplicate.
std::unique_ptr<Applier> make_first_only(std::unique_ptr<index::KeyLocator> locator,
                                         std::vector<std::string> keys);

/// SCD 1: of a key the highest sequence stays; deletes leave a tombstone in `auxiliary`. Holds the
/// changes until they are committed and then looks the keys up with `locator` (made for `columns`),
/// so memory follows the changes, not the table.
std::unique_ptr<Applier> make_upsert(std::unique_ptr<index::KeyLocator> locator,
                                     KeyedColumns columns, AuxiliaryTable auxiliary);

/// How a table keeps the events of a key.
struct HistoryOptions {
  bool keeps_versions = true;  ///< SCD 2; false: SCD 1, one row per key
  bool ignore_null_updates = false;
  /// Top-level columns whose change makes a new version; empty: all but keys, sequence and
  /// `untracked`.
  std::vector<std::string> tracked = {};
  std::vector<std::string> untracked = {};
};

/// SCD 2, and SCD 1 with ignore_null_updates: each key's events are put together from its rows,
/// which `locator` (made for `columns`) finds, and the events that `auxiliary` keeps, and projected
/// again (history.h). The table has the interval's columns where versions are kept.
std::unique_ptr<Applier> make_history(std::unique_ptr<index::KeyLocator> locator,
                                      KeyedColumns columns, HistoryOptions options,
                                      AuxiliaryTable auxiliary);

/// A full new set of rows by key (scd.md, "Snapshot"): rows equal to the table's are left alone,
/// others replaced, missing ones deleted; with `keeps_versions` (SCD 2) both are closed instead, at
/// the number of the snapshot: one more than the greatest in the table. prepare() is called once
/// the set is complete. Memory: twice what `index` allows, and two bits per row of the table.
std::unique_ptr<Applier> make_snapshot(delta::Snapshot table, index::IndexOptions index,
                                       std::vector<std::string> keys, bool keeps_versions = false);

}  // namespace inlet::apply
