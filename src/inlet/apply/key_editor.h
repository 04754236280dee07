#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/apply/applier.h"

namespace inlet::apply {

/// What a row given to a KeyEditor is, in its column kRole. A number from Upsert on is an upsert,
/// whose batch had the columns of KeyRules::sent[number - Upsert].
enum class RowRole { Stored = 0, KeptUpsert = 1, KeptDelete = 2, Delete = 3, Upsert = 4 };

/// What is to be done with a row that a KeyEditor gives, by its column kEdit. Rows of the table are
/// known by key and interval, events of the auxiliary table by key, sequence and kIsDelete.
enum class RowEdit {
  Remove = 0,  ///< from the table
  Add = 1,     ///< to the table
  Forget = 2,  ///< from the auxiliary table
  Keep = 3,    ///< in the auxiliary table
  Count = 4,   ///< no row: kCounts has what became of the changes, in the order of Counts
};

inline constexpr std::string_view kRole = "_inlet_role";          ///< int
inline constexpr std::string_view kPosition = "_inlet_position";  ///< bigint: the source's order
inline constexpr std::string_view kEdit = "_inlet_edit";          ///< int
inline constexpr std::string_view kCounts = "_inlet_counts";      ///< array<bigint>

/// How the rows of a key change.
struct KeyRules {
  KeyedColumns columns;
  HistoryOptions history = {};
  /// The number of the snapshot that the upserts are the whole of; nullopt: they are changes.
  std::optional<std::int64_t> snapshot = {};
  /// Top-level columns that upserts have; of the others they say nothing.
  std::vector<std::vector<std::string>> sent;
};

/// The rules of the appliers for a table whose rows another engine, such as Spark, finds and
/// writes. It is given all rows that table, auxiliary table and changes have of the keys that
/// change, for a snapshot of all keys, and gives the edits of both tables; the auxiliary table is
/// to be written first. Holds the rows of one key and one batch. For one thread.
class KeyEditor {
 public:
  /// `table`: the columns of the table, the interval at the end. Config as for an applier.
  static Result<KeyEditor> make(const Schema& table, KeyRules rules);
  ~KeyEditor();
  KeyEditor(KeyEditor&&) noexcept;

  /// The table's columns, kRole and kPosition.
  const std::shared_ptr<const Schema>& input() const;
  /// The table's columns, kEdit, kIsDelete and kCounts.
  const std::shared_ptr<const Schema>& output() const;
  /// `rows` have the columns of input(); those of one key come next to each other, over all calls.
  /// Gives the edits of the keys that have ended.
  Result<Batch> take(Batch rows);
  /// Those of the last key, and the counts.
  Result<Batch> finish();

 private:
  struct Impl;
  explicit KeyEditor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::apply
