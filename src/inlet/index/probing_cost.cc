#include "inlet/index/files_that_may_hold.h"
#include "inlet/index/probing_cost_internal.h"

namespace inlet::index {
namespace {

/// A file costs a request or two before its first row, worth so many rows.
constexpr std::uint64_t kFileCost = 20'000;
/// Entries are sorted and written, which takes about as long again as reading the keys.
constexpr std::uint64_t kIndexingFactor = 2;

std::uint64_t cost_of(const std::vector<delta::DataFile>& files,
                      std::span<const std::uint32_t> chosen) {
  std::uint64_t cost = 0;
  for (const std::uint32_t file : chosen) cost += files[file].num_rows + kFileCost;
  return cost;
}

}  // namespace

std::uint64_t cost_of_probing(const Schema& schema, const std::vector<std::string>& key_paths,
                              const std::vector<delta::DataFile>& files,
                              std::span<const std::string_view> keys) {
  return cost_of(files, files_that_may_hold(schema, key_paths.front(), files, keys));
}

std::uint64_t cost_of_indexing(const std::vector<delta::DataFile>& files,
                               std::span<const std::uint32_t> missing) {
  return kIndexingFactor * cost_of(files, missing);
}

}  // namespace inlet::index
