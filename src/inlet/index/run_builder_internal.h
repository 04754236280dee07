#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/index/entry_batch_internal.h"

namespace inlet::index {

/// Brings any number of entries into one run, in bounded memory: what does not fit is sorted and
/// written piece by piece, and the pieces are merged in the end.
class RunBuilder {
 public:
  /// The run will be at `path`, the pieces beside it.
  RunBuilder(std::filesystem::path path, std::uint64_t max_memory_bytes, unsigned num_threads);
  ~RunBuilder();
  RunBuilder(const RunBuilder&) = delete;
  RunBuilder& operator=(const RunBuilder&) = delete;

  /// From up to `num_threads` threads at once.
  Status add(const EntryBatch& batch);
  Status finish();
  std::size_t num_pieces() const { return pieces_.size(); }

 private:
  Status write_piece(EntryBatch batch);
  Status merge_pieces() const;

  const std::filesystem::path path_;
  const std::uint64_t max_pending_bytes_;
  std::mutex mutex_;
  EntryBatch pending_;
  std::vector<std::filesystem::path> pieces_;
};

}  // namespace inlet::index
