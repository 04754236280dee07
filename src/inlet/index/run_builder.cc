#include <algorithm>
#include <system_error>
#include <utility>

#include "inlet/base/try.h"
#include "inlet/index/merge_internal.h"
#include "inlet/index/run_builder_internal.h"
#include "inlet/index/run_internal.h"

namespace inlet::index {
namespace {

constexpr std::size_t kMinPendingEntries = 1024;

Status write_sorted(const std::filesystem::path& path, std::vector<Entry>& entries) {
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) { return is_before(a, b); });
  RunWriter writer = TRY(RunWriter::create(path));
  TRY(writer.write(entries));
  return writer.finish();
}

}  // namespace

// Every thread may be sorting a full piece while one more is filled.
RunBuilder::RunBuilder(std::filesystem::path path, std::uint64_t max_memory_bytes,
                       unsigned num_threads)
    : path_(std::move(path)),
      max_pending_(std::max<std::size_t>(
          max_memory_bytes / sizeof(Entry) / (std::max(num_threads, 1U) + 1), kMinPendingEntries)) {
}

RunBuilder::~RunBuilder() {
  std::error_code ignored;
  for (const std::filesystem::path& piece : pieces_) std::filesystem::remove(piece, ignored);
}

Status RunBuilder::add(std::span<const Entry> entries) {
  while (!entries.empty()) {
    std::vector<Entry> full;
    {
      const std::lock_guard lock(mutex_);
      const std::size_t size = std::min(entries.size(), max_pending_ - pending_.size());
      pending_.insert(pending_.end(), entries.begin(),
                      entries.begin() + static_cast<std::ptrdiff_t>(size));
      entries = entries.subspan(size);
      if (pending_.size() == max_pending_) full.swap(pending_);
    }
    if (!full.empty()) TRY(write_piece(std::move(full)));
  }
  return {};
}

Status RunBuilder::write_piece(std::vector<Entry> entries) {
  std::filesystem::path piece = path_;
  {
    const std::lock_guard lock(mutex_);
    piece += ".piece-" + std::to_string(pieces_.size());
    pieces_.push_back(piece);
  }
  return write_sorted(piece, entries);
}

Status RunBuilder::finish() {
  if (pieces_.empty()) return write_sorted(path_, pending_);
  if (!pending_.empty()) TRY(write_piece(std::exchange(pending_, {})));
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
