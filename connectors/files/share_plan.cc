#include "connectors/files/share_plan.h"

#include <utility>

#include "connectors/files/file_ranges.h"

namespace inlet::files {
namespace {

// Gathers ranges of one file after the other into the share that is open.
class SharePlan {
 public:
  SharePlan(Ledger ledger, std::uint64_t partition_bytes)
      : ledger_(std::move(ledger)), partition_bytes_(partition_bytes) {}

  void add(const DataFile& file);
  std::vector<Share> take();

 private:
  void add_range(const DataFile& file, FileRange range);
  void close(Offset offset);

  Ledger ledger_;
  const std::uint64_t partition_bytes_;
  std::vector<FileRange> open_;
  std::uint64_t open_bytes_ = 0;
  std::vector<Share> shares_;
};

void SharePlan::close(Offset offset) {
  shares_.push_back({.partition = to_partition(std::exchange(open_, {})),
                     .offset = std::move(offset),
                     .num_bytes = std::exchange(open_bytes_, 0)});
}

void SharePlan::add_range(const DataFile& file, FileRange range) {
  const std::uint64_t more = range.num_bytes();
  const bool is_full = !open_.empty() && open_bytes_ + more > partition_bytes_;
  const bool is_begun = !open_.empty() && open_.back().path == range.path;
  if (is_full) close(is_begun ? ledger_.offset_within(file, range.begin) : ledger_.offset());
  open_.push_back(std::move(range));
  open_bytes_ += more;
}

void SharePlan::add(const DataFile& file) {
  const bool is_begun = ledger_.reading() && ledger_.reading()->path == file.path;
  const std::uint64_t begin = is_begun ? ledger_.reading()->position : 0;
  for (FileRange& range : cut(file, begin, partition_bytes_)) add_range(file, std::move(range));
  ledger_.add(file);
}

std::vector<Share> SharePlan::take() {
  if (!open_.empty()) close(ledger_.offset());
  return std::move(shares_);
}

}  // namespace

std::vector<Share> plan_shares(const std::vector<DataFile>& files, Ledger ledger,
                               std::uint64_t partition_bytes) {
  SharePlan plan(std::move(ledger), partition_bytes);
  for (const DataFile& file : files) plan.add(file);
  return plan.take();
}

}  // namespace inlet::files
