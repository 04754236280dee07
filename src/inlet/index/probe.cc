#include <optional>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/key_numbers.h"
#include "inlet/data/row_key.h"
#include "inlet/index/files_that_may_hold.h"
#include "inlet/index/key_locator.h"
#include "inlet/index/parallel_internal.h"

namespace inlet::index {
namespace {

class Probe final : public KeyLocator {
 public:
  Probe(std::vector<std::string> keys, std::vector<std::string> sequence, unsigned num_threads)
      : keys_(std::move(keys)), sequence_(std::move(sequence)), num_threads_(num_threads) {}

  Result<std::vector<Located>> locate(const delta::Snapshot& base,
                                      const std::vector<delta::DataFile>& files,
                                      std::span<const std::string_view> keys) override {
    if (keys.empty()) return std::vector<Located>{};
    const std::vector<std::uint32_t> candidates = TRY(find_candidates(base, files, keys));
    if (candidates.empty()) return std::vector<Located>{};
    KeyNumbers numbers;
    for (const std::string_view key : keys) numbers.add(key);
    std::vector<std::vector<Located>> found(candidates.size());
    TRY(in_parallel(num_threads_, candidates.size(), [&](std::size_t item) {
      return read(base, files, candidates[item], numbers, found[item]);
    }));
    std::vector<Located> located;
    for (const std::vector<Located>& rows : found) {
      located.insert(located.end(), rows.begin(), rows.end());
    }
    return located;
  }

  Status note_commit(const delta::Snapshot&, std::span<const WrittenKeys>) override { return {}; }

 private:
  Result<std::vector<std::uint32_t>> find_candidates(const delta::Snapshot& base,
                                                     const std::vector<delta::DataFile>& files,
                                                     std::span<const std::string_view> keys) const {
    if (keys_.empty() || base.schema().find(keys_.front()) == nullptr) {
      return fail(ErrorKind::Config, format("the table {} has no column {} to use as a key",
                                            base.url(), keys_.empty() ? "at all" : keys_.front()));
    }
    return files_that_may_hold(base.schema(), keys_.front(), files, keys);
  }

  Status read(const delta::Snapshot& base, const std::vector<delta::DataFile>& files,
              std::uint32_t file, const KeyNumbers& numbers, std::vector<Located>& found) const {
    std::vector<std::string> paths = keys_;
    paths.insert(paths.end(), sequence_.begin(), sequence_.end());
    const auto visit = [&](const Batch& rows, std::span<const std::uint64_t> positions) -> Status {
      const RowKey key = TRY(RowKey::make(rows, keys_));
      const RowKey sequence = TRY(RowKey::make(rows, sequence_));
      std::string bytes;
      for (std::size_t row = 0; row < rows.num_rows(); ++row) {
        bytes.clear();
        key.append_to(bytes, row);
        const std::optional<std::uint32_t> number = numbers.find(bytes);
        if (!number) continue;
        Located& located =
            found.emplace_back(Located{.key = *number, .file = file, .position = positions[row]});
        sequence.append_to(located.sequence, row);
      }
      return {};
    };
    return base.read(files[file], columns_of(base.schema(), paths), visit);
  }

  const std::vector<std::string> keys_;
  const std::vector<std::string> sequence_;
  const unsigned num_threads_;
};

}  // namespace

std::unique_ptr<KeyLocator> make_probe(std::vector<std::string> keys,
                                       std::vector<std::string> sequence, unsigned num_threads) {
  return std::make_unique<Probe>(std::move(keys), std::move(sequence), num_threads);
}

}  // namespace inlet::index
