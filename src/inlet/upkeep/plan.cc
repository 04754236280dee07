#include "inlet/upkeep/plan.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace inlet::upkeep {
namespace {

using delta::DataFile;

// Below this, a file is mostly its footer.
constexpr std::uint64_t kLeastTierBytes = 4096;

double dead_share(const DataFile& file) {
  if (file.num_rows == 0) return 0;
  return static_cast<double>(file.num_dead) / static_cast<double>(file.num_rows);
}

void add(Bin& bin, std::size_t index, const DataFile& file) {
  bin.files.push_back(index);
  bin.live_bytes += file.live_bytes();
  bin.dead_bytes += file.size - file.live_bytes();
}

// Cuts `files`, in their order, into bins of about the target; each is of one partition.
std::vector<Bin> pack(std::span<const DataFile> files, const std::vector<std::size_t>& chosen,
                      const Policy& policy) {
  std::vector<Bin> bins;
  for (const std::size_t index : chosen) {
    if (bins.empty() || bins.back().live_bytes >= policy.target_file_bytes ||
        files[bins.back().files.back()].partition != files[index].partition) {
      bins.emplace_back();
    }
    add(bins.back(), index, files[index]);
  }
  return bins;
}

// Of a table with many partitions: small bins of several of them are worth one commit together.
// Sorted rows come in the order of all partitions at once, for which there is not room enough.
void join_small(std::span<const DataFile> files, std::vector<Bin>& bins, const Policy& policy) {
  if (!policy.order_by.empty()) return;
  std::vector<Bin> joined;
  for (Bin& bin : bins) {
    const bool is_joined =
        !joined.empty() &&
        files[joined.back().files.back()].partition != files[bin.files.front()].partition &&
        joined.back().live_bytes + bin.live_bytes <= policy.quick_bin_bytes;
    if (!is_joined) joined.emplace_back();
    for (const std::size_t index : bin.files) add(joined.back(), index, files[index]);
  }
  bins = std::move(joined);
}

// By partition; in each, rows keep their neighbours in time.
void sort_by_age(std::span<const DataFile> files, std::vector<std::size_t>& chosen) {
  std::ranges::sort(chosen, {}, [&](std::size_t index) {
    const DataFile& file = files[index];
    return std::tie(file.partition, file.modified_ms, file.path);
  });
}

void append(std::vector<Bin>& bins, std::vector<Bin> more) {
  bins.insert(bins.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
}

std::vector<Bin> plan_merges(std::span<const DataFile> files, const Policy& policy) {
  std::vector<std::vector<std::size_t>> tiers;
  for (std::size_t index = 0; index < files.size(); ++index) {
    if (dead_share(files[index]) > policy.max_dead_share) continue;
    const std::size_t tier = tier_of(files[index].size, policy);
    if (tier >= tiers.size()) tiers.resize(tier + 1);
    tiers[tier].push_back(index);
  }
  std::vector<Bin> bins;
  for (std::size_t tier = tiers.size(); tier-- > 1;) {
    sort_by_age(files, tiers[tier]);
    std::vector<Bin> packed = pack(files, tiers[tier], policy);
    // The last one waits for more files, unless it is large or has enough of them.
    std::erase_if(packed, [&](const Bin& bin) {
      return bin.files.size() < policy.fan_in && bin.live_bytes < policy.target_file_bytes;
    });
    join_small(files, packed, policy);
    append(bins, std::move(packed));
  }
  return bins;
}

std::vector<Bin> plan_purges(std::span<const DataFile> files, const Policy& policy) {
  std::vector<std::size_t> worn;
  for (std::size_t index = 0; index < files.size(); ++index) {
    if (dead_share(files[index]) > policy.max_dead_share) worn.push_back(index);
  }
  const auto share = [&](std::size_t index) { return dead_share(files[index]); };
  std::ranges::stable_sort(worn, std::greater(), share);
  std::ranges::stable_sort(worn, {}, [&](std::size_t index) { return files[index].partition; });
  std::vector<Bin> bins = pack(files, worn, policy);
  std::ranges::stable_sort(bins, std::greater(),
                           [&](const Bin& bin) { return share(bin.files.front()); });
  for (Bin& bin : bins) sort_by_age(files, bin.files);
  join_small(files, bins, policy);
  return bins;
}

std::vector<Bin> plan_due(std::span<const DataFile> files, const Policy& policy, Scope scope) {
  std::vector<Bin> bins = plan_merges(files, policy);
  std::vector<Bin> purges = plan_purges(files, policy);
  if (scope == Scope::Inline) {
    std::erase_if(purges, [&](const Bin& bin) {
      return bin.files.size() < policy.fan_in && bin.dead_bytes < policy.worth_purging_bytes;
    });
  }
  append(bins, std::move(purges));
  return bins;
}

std::vector<Bin> plan_full(std::span<const DataFile> files, const Policy& policy) {
  std::vector<std::size_t> chosen;
  for (std::size_t index = 0; index < files.size(); ++index) {
    if (files[index].num_dead > 0 || tier_of(files[index].size, policy) > 0) {
      chosen.push_back(index);
    }
  }
  sort_by_age(files, chosen);
  std::vector<Bin> bins = pack(files, chosen, policy);
  std::erase_if(bins, [&](const Bin& bin) {
    return bin.files.size() == 1 && files[bin.files.front()].num_dead == 0;
  });
  join_small(files, bins, policy);
  return bins;
}

std::vector<Bin> plan_everything(std::span<const DataFile> files) {
  std::vector<std::size_t> all(files.size());
  std::iota(all.begin(), all.end(), 0);
  sort_by_age(files, all);
  Policy without_limit;
  without_limit.target_file_bytes = std::numeric_limits<std::uint64_t>::max();
  return pack(files, all, without_limit);
}

}  // namespace

std::size_t tier_of(std::uint64_t file_bytes, const Policy& policy) {
  std::size_t tier = 0;
  for (std::uint64_t floor = policy.target_file_bytes / 2; file_bytes < floor;
       floor /= policy.fan_in) {
    ++tier;
    if (floor / policy.fan_in < kLeastTierBytes) break;
  }
  return tier;
}

std::uint64_t cut_bytes(std::uint64_t live_bytes, const Policy& policy) {
  const std::uint64_t target = policy.target_file_bytes;
  const std::uint64_t num_files = std::max<std::uint64_t>(1, (live_bytes + target / 2) / target);
  // One file takes whatever comes. Several get a tenth more than their share, so that no small rest
  // is left over where the estimate was low.
  if (num_files == 1) return 2 * target;
  return live_bytes / num_files + live_bytes / num_files / 10;
}

std::vector<Bin> plan(std::span<const DataFile> files, const Policy& policy, Scope scope) {
  switch (scope) {
    case Scope::Inline:
    case Scope::Due: return plan_due(files, policy, scope);
    case Scope::Full: return plan_full(files, policy);
    case Scope::Everything: return plan_everything(files);
  }
  return {};
}

}  // namespace inlet::upkeep
