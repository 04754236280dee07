#include "inlet/upkeep/optimize.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>
#include <vector>

#include "inlet/base/try.h"
#include "inlet/upkeep/rewrite.h"

namespace inlet::upkeep {
namespace {

using delta::DataFile;
using delta::Snapshot;

// A row rises a tier with each round, so more rounds mean that others write faster than we merge.
constexpr int kMaxRounds = 12;

void account(const Rewritten& done, Optimized& report) {
  report.num_lost_races += done.num_lost_races;
  report.bytes_written += done.bytes_written;
  report.num_files_removed += done.num_files_removed;
  report.num_files_added += done.num_files_added;
  report.num_commits += done.is_committed ? 1 : 0;
}

std::vector<DataFile> still_live(const std::vector<DataFile>& files,
                                 const std::vector<DataFile>& live) {
  std::vector<DataFile> kept;
  std::ranges::copy_if(files, std::back_inserter(kept), [&](const DataFile& file) {
    return std::ranges::find(live, file.path, &DataFile::path) != live.end();
  });
  return kept;
}

// What is tried in place of a bin that was given up: half of it where others change its rows faster
// than they can be written, and what they left where they took files away. Smaller each time.
Result<std::vector<std::vector<DataFile>>> instead_of(const std::vector<DataFile>& bin,
                                                      const Rewritten& done, Scope scope) {
  if (done.was_overtaken && bin.size() > 1) {
    const auto middle = bin.begin() + static_cast<std::ptrdiff_t>(bin.size() / 2);
    return std::vector<std::vector<DataFile>>{{middle, bin.end()}, {bin.begin(), middle}};
  }
  // In the other scopes the next round finds them.
  if (scope != Scope::Everything) return std::vector<std::vector<DataFile>>();
  std::vector<DataFile> left = still_live(bin, TRY(done.table.files()));
  const bool is_smaller = !left.empty() && left.size() < bin.size();
  if (!is_smaller) return std::vector<std::vector<DataFile>>();
  return std::vector<std::vector<DataFile>>{std::move(left)};
}

Status rewrite_bin(const Clock& clock, Optimized& report, const Policy& policy, Scope scope,
                   std::vector<DataFile> bin) {
  std::vector<std::vector<DataFile>> waiting = {std::move(bin)};
  while (!waiting.empty()) {
    const std::vector<DataFile> next = std::move(waiting.back());
    waiting.pop_back();
    const Rewritten done = TRY(rewrite(clock, report.table, next, policy));
    account(done, report);
    report.table = done.table;
    if (done.is_committed) continue;
    std::vector<std::vector<DataFile>> smaller = TRY(instead_of(next, done, scope));
    report.num_bins_given_up += smaller.empty() ? 1 : 0;
    std::ranges::move(smaller, std::back_inserter(waiting));
  }
  return {};
}

// One round over the bins of one listing; false when there was none.
Result<bool> run_round(const Clock& clock, Optimized& report, const Policy& policy, Scope scope) {
  const std::vector<DataFile> files = TRY(report.table.files());
  const std::vector<Bin> bins = plan(files, policy, scope);
  for (const Bin& bin : bins) {
    std::vector<DataFile> chosen;
    for (const std::size_t index : bin.files) chosen.push_back(files[index]);
    TRY(rewrite_bin(clock, report, policy, scope, std::move(chosen)));
  }
  return !bins.empty();
}

// Spark writes metrics as texts, and names them by operation.
double bytes_written(const Json& metrics) {
  for (const char* name : {"numOutputBytes", "numAddedBytes", "numTargetBytesAdded"}) {
    const auto found = metrics.find(name);
    if (found == metrics.end()) continue;
    if (found->is_number()) return found->get<double>();
    if (!found->is_string()) continue;
    const std::string text = found->get<std::string>();
    std::uint64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) {
      return static_cast<double>(value);
    }
  }
  return 0;
}

}  // namespace

Result<Extent> measure(const Snapshot& table) {
  Extent extent;
  for (const DataFile& file : TRY(table.files())) {
    ++extent.num_files;
    extent.num_bytes += file.size;
    extent.num_rows += file.num_rows;
    extent.num_dead += file.num_dead;
  }
  return extent;
}

Result<Optimized> optimize(const Clock& clock, const Snapshot& table, const Policy& policy,
                           Scope scope) {
  Optimized report{.table = table};
  report.before = TRY(measure(table));
  if (scope == Scope::Everything) {
    TRY(run_round(clock, report, policy, scope));
  } else {
    for (int round = 0; round < kMaxRounds && TRY(run_round(clock, report, policy, scope));
         ++round) {
    }
  }
  report.after = TRY(measure(report.table));
  return report;
}

std::optional<double> write_amplification(std::span<const delta::HistoryEntry> commits) {
  double data = 0;
  double rewritten = 0;
  for (const delta::HistoryEntry& commit : commits) {
    const double bytes = bytes_written(commit.metrics);
    (commit.operation == "OPTIMIZE" ? rewritten : data) += bytes;
  }
  if (data == 0) return std::nullopt;
  return (data + rewritten) / data;
}

}  // namespace inlet::upkeep
