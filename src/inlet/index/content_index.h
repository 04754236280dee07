#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"
#include "inlet/index/key_locator.h"

namespace inlet::index {

/// What a table's rows are compared by.
struct ContentColumns {
  std::vector<std::string> keys;      ///< dotted paths
  std::vector<std::string> compared;  ///< top-level columns
  /// Rows that have a value in this column are closed, and not in the index; empty: all are.
  std::string closed_by = {};
};

/// Where the rows of one version of a table are by key, and a hash of what each says (RowHasher's
/// `low`): what a full set of rows is compared with, group by group. Two rows of one key that say
/// different things share a hash once in 2^64. Keys are compared exactly. For one thread.
class ContentIndex {
 public:
  virtual ~ContentIndex() = default;

  /// The next row of the group; they are numbered from 0. `key` is RowKey bytes.
  virtual void add(std::string_view key, std::uint64_t content) = 0;
  virtual std::size_t num_rows() const = 0;
  /// Memory held for the group.
  virtual std::uint64_t num_bytes() const = 0;

  /// A row of the group and one of the table, dead or not, that has the same key.
  struct Match {
    std::uint32_t row = 0;
    std::uint32_t file = 0;  ///< index into the files given
    std::uint32_t position = 0;
    bool is_equal = false;  ///< both say the same
  };
  /// Rows of one key come in the group's order, and each of them meets the table's rows of that key
  /// in one and the same order.
  virtual Status match(const std::function<void(const Match&)>& visit) = 0;

  /// Where a row of the group was written: a file, by its number among those of the next
  /// note_commit(), and the row there; or any other number that grows with the rows.
  struct Written {
    static constexpr std::uint64_t kNot = ~std::uint64_t{0};
    static std::uint64_t at(std::uint32_t file, std::uint64_t position) {
      return std::uint64_t{file} << 32U | position;
    }
  };
  /// Ends the group, after match(). `written` has a number for each of its rows.
  virtual Status end_group(std::span<const std::uint64_t> written) = 0;
  /// The written rows that a later one has the key of, ascending. Ends the set.
  virtual Result<std::vector<std::uint64_t>> superseded() = 0;

  /// Tells that our own commit `now` has added `paths`, with the rows written since the last call
  /// and no others that are open: they need not be read back. After superseded().
  virtual Status note_commit(const delta::Snapshot& now,
                             std::span<const std::string_view> paths) = 0;
};

/// Reads the rows of the data files that the index lacks; `files` are table.files(). The index is
/// kept below `options.folder` for the next time; where there is no such folder, or another process
/// works in it, in a temporary one. Memory: `options.max_memory_bytes` while files are read.
Result<std::unique_ptr<ContentIndex>> open_contents(const IndexOptions& options,
                                                    const ContentColumns& columns,
                                                    const delta::Snapshot& table,
                                                    const std::vector<delta::DataFile>& files);

}  // namespace inlet::index
