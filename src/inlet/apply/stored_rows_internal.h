#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/apply/row_gather.h"
#include "inlet/delta/table.h"
#include "inlet/index/key_locator.h"

namespace inlet::apply {

/// A row that a table has of some key.
struct StoredRow {
  std::uint32_t key = 0;   ///< index into the keys looked for
  std::uint32_t file = 0;  ///< index into StoredRows::files()
  std::uint64_t position = 0;
  std::string sequence = {};  ///< RowKey bytes
  /// What follows is known once the row was read; all but the place as far as the table has it.
  bool is_read = false;
  delta::RowPlace place = {};
  std::string start = {};
  std::optional<std::string> end = {};
  bool is_delete = false;
};

/// The rows that one version of a table has of the keys of a commit.
class StoredRows {
 public:
  /// Finds them; nothing but keys and sequence is read.
  static Result<StoredRows> locate(const delta::Snapshot& table, index::KeyLocator& locator,
                                   std::span<const std::string_view> keys);

  /// Ascending by file and position.
  std::span<StoredRow> of(std::uint32_t key);
  const std::vector<delta::DataFile>& files() const { return files_; }
  /// Reads `rows`, those that were not read yet, and enters them into `gather`, which borrows them.
  Status read(std::vector<StoredRow*> rows, RowGather& gather);
  /// Rows to be marked as dead in an edit of the table.
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> positions_of(
      const std::vector<const StoredRow*>& rows) const;

 private:
  explicit StoredRows(delta::Snapshot table) : table_(std::move(table)) {}
  Status read_file(std::span<StoredRow* const> rows, RowGather& gather);

  delta::Snapshot table_;
  std::vector<delta::DataFile> files_;
  std::vector<StoredRow> rows_;      // by key
  std::vector<std::size_t> begins_;  // per key, and the end of the last
  std::deque<Batch> batches_;
};

}  // namespace inlet::apply
