#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::index {

/// One live row of the table that has a key asked for.
struct Located {
  std::uint32_t key = 0;       ///< index into the keys asked for
  std::uint32_t file = 0;      ///< index into the files given
  std::uint64_t position = 0;  ///< row in that file
  std::string sequence = {};   ///< RowKey bytes of the sequence columns; empty when there are none
};

/// The keys of a data file that was committed, in row order. The views are borrowed for the call.
struct WrittenKeys {
  std::string_view path;                         ///< as StagedFile has it
  std::vector<std::string_view> keys = {};       ///< RowKey bytes, one per row
  std::vector<std::string_view> sequences = {};  ///< likewise; empty when there are no such columns
};

/// Answers where the live rows of given keys are. For one thread.
class KeyLocator {
 public:
  virtual ~KeyLocator() = default;

  /// Every live row of `base` that has one of `keys` (RowKey bytes, each once), ordered by file and
  /// position. A key may have several: history, or another writer's duplicates. `files` is
  /// base.files(), which the caller has at hand.
  virtual Result<std::vector<Located>> locate(const delta::Snapshot& base,
                                              const std::vector<delta::DataFile>& files,
                                              std::span<const std::string_view> keys) = 0;

  /// Tells what our own commit `now` has added, so that nothing has to be read back. A failure, or
  /// never being told, costs time in the next locate() and nothing else.
  virtual Status note_commit(const delta::Snapshot& now, std::span<const WrittenKeys> written) = 0;
};

/// Keeps nothing: reads the key columns of the files whose statistics do not rule the keys out.
/// `keys` and `sequence` are dotted paths. Memory follows the keys asked for.
std::unique_ptr<KeyLocator> make_probe(std::vector<std::string> keys,
                                       std::vector<std::string> sequence, unsigned num_threads = 1);

/// When the index is used. WhenItPays: as soon as the probes so far have cost as much as reading
/// what it lacks.
enum class IndexUse { Never, WhenItPays, Always };

struct IndexOptions {
  std::string folder;  ///< local, of all indexes on this machine; made when it is first needed
  std::uint64_t max_memory_bytes = 256 << 20;  ///< for sorting keys; entries are mapped, not held
  unsigned num_threads = 1;
  IndexUse use = IndexUse::WhenItPays;
};

/// Keeps the position of every live row by key, in files below `options.folder` that can be thrown
/// away at any time: locate() brings them up to date with the table, whoever has changed it. Cost
/// follows the keys asked for, not the table. Probes where another process has the folder, where
/// the local disk fails, or where reading the table's keys would cost more than it gains.
std::unique_ptr<KeyLocator> make_indexed(IndexOptions options, std::vector<std::string> keys,
                                         std::vector<std::string> sequence);

}  // namespace inlet::index
