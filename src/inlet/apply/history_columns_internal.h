#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/apply/history.h"
#include "inlet/apply/row_gather.h"

namespace inlet::apply {

/// Reads rows as cells: one for each column of the table but its interval, and one more for what a
/// struct holds besides the sequence.
class HistoryColumns {
 public:
  /// Config when an option names a column that the table lacks, or the table keeps no versions.
  static Result<HistoryColumns> make(const Schema& table, const KeyedColumns& keyed,
                                     const HistoryOptions& options);

  /// The table's columns without the interval; the first cells, in this order.
  const std::vector<Field>& columns() const { return columns_; }
  const HistoryRules& rules() const { return rules_; }
  /// Of a change; `rows` are seen through columns().
  std::vector<Cell> read(const RowGather& rows, delta::RowPlace place) const;
  /// Of a row of a table: a column that came after it is null in it, as in every other such row.
  std::vector<Cell> read_stored(const RowGather& rows, delta::RowPlace place) const;

 private:
  // A struct that holds the sequence: the rest of it may be tracked.
  struct Remainder {
    std::size_t column = 0;
    std::vector<std::string> left_out;  // paths below the column
  };
  void track_all(const KeyedColumns& keyed, const HistoryOptions& options);

  std::vector<Field> columns_;
  std::vector<Remainder> remainders_;
  HistoryRules rules_;
};

}  // namespace inlet::apply
