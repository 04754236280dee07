#include <algorithm>
#include <system_error>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/index/merge_internal.h"
#include "inlet/index/run_builder_internal.h"
#include "inlet/index/run_internal.h"

namespace inlet::index {
namespace {

constexpr std::uint64_t kMinPendingBytes = 32 << 10;

Status write_sorted(const std::filesystem::path& path, EntryBatch& batch) {
  batch.sort();
  RunWriter writer = TRY(RunWriter::create(path));
  for (const Entry& entry : batch.entries()) {
    TRY(writer.write(entry, batch.key_text(entry), batch.sequence_text(entry)));
  }
  return writer.finish();
}

}  // namespace

// Every thread may be sorting a full piece while one more is filled, which takes a second share of
// its own while it grows.
RunBuilder::RunBuilder(std::filesystem::path path, std::uint64_t max_memory_bytes,
                       unsigned num_threads)
    : path_(std::move(path)),
      max_pending_bytes_(
          std::max(max_memory_bytes / (std::max(num_threads, 1U) + 2), kMinPendingBytes)) {}

RunBuilder::~RunBuilder() {
  std::error_code ignored;
  for (const std::filesystem::path& piece : pieces_) {
    std::filesystem::remove(piece, ignored);
    std::filesystem::remove(Run::text_path(piece), ignored);
  }
}

Status RunBuilder::add(const EntryBatch& batch) {
  EntryBatch full;
  {
    const std::lock_guard lock(mutex_);
    const bool is_full = pending_.num_bytes() + batch.num_bytes() > max_pending_bytes_;
    if (is_full) full = pending_.take();
    pending_.append(batch);
  }
  return full.is_empty() ? Status{} : write_piece(std::move(full));
}

Status RunBuilder::write_piece(EntryBatch batch) {
  std::filesystem::path piece = path_;
  {
    const std::lock_guard lock(mutex_);
    piece += ".piece-" + std::to_string(pieces_.size());
    pieces_.push_back(piece);
  }
  return write_sorted(piece, batch);
}

Status RunBuilder::finish() {
  if (pieces_.empty()) return write_sorted(path_, pending_);
  if (!pending_.is_empty()) TRY(write_piece(std::exchange(pending_, {})));
  return merge_pieces();
}

Status RunBuilder::merge_pieces() const {
  std::vector<Run> runs;
  for (const std::filesystem::path& piece : pieces_) runs.push_back(TRY(Run::open(piece)));
  std::vector<Run*> all;
  for (Run& run : runs) all.push_back(&run);
  RunWriter writer = TRY(RunWriter::create(path_));
  TRY(merge_runs(all, [](const Entry&) { return true; }, writer));
  return writer.finish();
}

}  // namespace inlet::index
