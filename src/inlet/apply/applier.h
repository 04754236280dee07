#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/table.h"

namespace inlet::apply {

/// What became of the rows given to an applier. num_committed + num_unchanged + num_deduplicated =
/// rows added.
struct Counts {
  std::uint64_t num_committed = 0;
  std::uint64_t num_unchanged = 0;     ///< the table held the same values already
  std::uint64_t num_deduplicated = 0;  ///< superseded by another row of the same key
  std::uint64_t num_deleted = 0;       ///< rows taken out because the new snapshot lacks them
};

/// An edit without its transaction id and user metadata: the pipeline adds those.
struct Prepared {
  delta::Edit edit;
  Counts counts;
};

/// Turns rows into the edit of one commit. Rows come in source order; all batches have one schema,
/// whose columns the table has with the same types. For one thread.
class Applier {
 public:
  virtual ~Applier() = default;

  virtual Status add(Batch batch) = 0;
  /// Memory held for rows that are not committed yet.
  virtual std::uint64_t held_bytes() const = 0;
  /// Bytes of table data written and not committed yet.
  virtual std::uint64_t staged_bytes() const = 0;

  /// The edit that brings the rows added since the last clear() into `base`. Called again, with a
  /// newer snapshot, after a lost race. Conflict: `base` changed in a way that only a new read can
  /// answer.
  virtual Result<Prepared> prepare(const delta::Snapshot& base) = 0;
  /// What was prepared is committed as `now`: go on from there with nothing held.
  virtual void clear(const delta::Snapshot& now) = 0;
};

/// Rows are added as they come (scd.md, "Append"), without a look at the table.
std::unique_ptr<Applier> make_append(delta::Snapshot table);

/// What the rows of one key mean for each other.
enum class KeyRule {
  Upsert,  ///< SCD 1: the highest sequence wins, here and against the table; on a tie the later row
  FirstOnly  ///< append with keys: the first row of a key stays, every other is a duplicate
};

/// Rows with keys. `keys` and `sequence` are dotted paths; no sequence: all rows tie. Holds rows
/// until they are committed and then probes the key columns of the table's files, so memory follows
/// the rows held, not the table.
std::unique_ptr<Applier> make_keyed(std::vector<std::string> keys,
                                    std::vector<std::string> sequence, KeyRule rule);

/// A full new set of rows by key (scd.md, "Snapshot"): rows equal to the table's are left alone,
/// others replaced, missing ones deleted. prepare() is called once the set is complete. Memory:
/// about 100 bytes per row of the table.
std::unique_ptr<Applier> make_snapshot(delta::Snapshot table, std::vector<std::string> keys);

}  // namespace inlet::apply
