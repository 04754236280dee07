#include "inlet/upkeep/optimize.h"

#include <charconv>
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

// One round over the bins of one listing; false when there was none.
Result<bool> run_round(const Clock& clock, Optimized& report, const Policy& policy, Scope scope) {
  const std::vector<DataFile> files = TRY(report.table.files());
  const std::vector<Bin> bins = plan(files, policy, scope);
  for (const Bin& bin : bins) {
    std::vector<DataFile> chosen;
    for (const std::size_t index : bin.files) chosen.push_back(files[index]);
    Rewritten done = TRY(rewrite(clock, report.table, chosen, policy));
    report.table = std::move(done.table);
    report.num_lost_races += done.num_lost_races;
    report.bytes_written += done.bytes_written;
    if (!done.is_committed) {
      ++report.num_bins_given_up;
      continue;
    }
    ++report.num_commits;
    report.num_files_removed += done.num_files_removed;
    report.num_files_added += done.num_files_added;
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

Result<std::optional<double>> write_amplification(const Snapshot& table, std::size_t max_commits) {
  double data = 0;
  double rewritten = 0;
  const auto history = TRY(delta::history(table, max_commits));
  for (const delta::HistoryEntry& commit : history) {
    const double bytes = bytes_written(commit.metrics);
    (commit.operation == "OPTIMIZE" ? rewritten : data) += bytes;
  }
  if (data == 0) return std::nullopt;
  return (data + rewritten) / data;
}

}  // namespace inlet::upkeep
