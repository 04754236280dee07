#include <algorithm>
#include <utility>
#include <vector>

#include "inlet/base/try.h"
#include "inlet/index/merge_internal.h"

namespace inlet::index {
namespace {

constexpr std::size_t kEntriesPerRead = 4096;

/// The place in one run up to which it has been merged.
class Cursor {
 public:
  explicit Cursor(Run& run) : run_(&run) { run.expect_scan(); }

  bool is_at_end() const { return here_.empty(); }
  const Entry& entry() const { return here_.front(); }
  Status load() {
    const std::size_t end = std::min<std::size_t>(next_ + kEntriesPerRead, run_->num_entries());
    here_ = TRY(run_->read(next_, end));
    next_ = end;
    return {};
  }
  Status advance() {
    here_ = here_.subspan(1);
    return here_.empty() ? load() : Status{};
  }
  Status write_to(RunWriter& out) const {
    const std::string_view key = TRY(run_->key_text(entry()));
    const std::string_view sequence = TRY(run_->sequence_text(entry()));
    return out.write(entry(), key, sequence);
  }

 private:
  Run* run_;
  std::size_t next_ = 0;
  std::span<const Entry> here_ = {};
};

// Brings the first of a heap's cursors down to its place.
void sift_down(std::vector<Cursor>& heap) {
  std::size_t at = 0;
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap.size()) return;
    const bool is_right =
        child + 1 < heap.size() && is_before(heap[child + 1].entry(), heap[child].entry());
    if (is_right) ++child;
    if (!is_before(heap[child].entry(), heap[at].entry())) return;
    std::swap(heap[at], heap[child]);
    at = child;
  }
}

}  // namespace

Status merge_runs(std::span<Run* const> runs, const std::function<bool(const Entry&)>& keep,
                  RunWriter& out) {
  std::vector<Cursor> heap;
  for (Run* run : runs) {
    Cursor cursor(*run);
    TRY(cursor.load());
    if (!cursor.is_at_end()) heap.push_back(cursor);
  }
  std::ranges::make_heap(heap, [](const Cursor& left, const Cursor& right) {
    return is_before(right.entry(), left.entry());
  });
  while (!heap.empty()) {
    Cursor& first = heap.front();
    if (keep(first.entry())) TRY(first.write_to(out));
    TRY(first.advance());
    if (first.is_at_end()) {
      std::swap(first, heap.back());
      heap.pop_back();
    }
    sift_down(heap);
  }
  return {};
}

}  // namespace inlet::index
