#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"

namespace inlet {

/// Reads chosen columns of a batch as one byte string per row whose memcmp order is the order of
/// the values (nulls first; strings by UTF-8 bytes; doubles by IEEE total order with -0 = 0). Two
/// rows give equal bytes exactly when the values are equal, so the bytes serve as key, as sequence
/// and as hash input.
class RowKey {
 public:
  /// `paths` are dotted. Fails with Config for an unknown path or a nested type.
  static Result<RowKey> make(const Batch& batch, const std::vector<std::string>& paths);

  /// True when any of the columns is null in this row.
  bool has_null(std::size_t row) const;
  /// Appends the row's bytes to `out`.
  void append_to(std::string& out, std::size_t row) const;
  /// For people: `id=5, repo="a/b"`.
  std::string describe(std::size_t row) const;

 private:
  std::vector<std::string> names_;
  std::vector<ColumnView> columns_;
};

/// The top-level columns that hold these dotted paths, each once, in first-seen order: what has to
/// be read to make a RowKey.
std::vector<std::string> columns_of(const Schema& schema, const std::vector<std::string>& paths);

/// A 128-bit content hash of whole rows, nested values included, equal for equal values: what a
/// snapshot compares. Only columns whose top-level name is in `columns` take part.
struct RowHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const RowHash&) const = default;
};

/// Hashes rows of one batch, which outlives it.
class RowHasher {
 public:
  /// Of the named columns; one that the batch lacks counts as null.
  RowHasher(const Batch& batch, const std::vector<std::string>& columns);
  RowHash operator()(std::size_t row);

 private:
  std::vector<std::optional<ColumnView>> columns_;
  std::string content_;  // of the last row; kept for its memory
};

/// The same of one value; zero for null.
RowHash value_hash(const ColumnView& column, std::size_t row);

}  // namespace inlet
