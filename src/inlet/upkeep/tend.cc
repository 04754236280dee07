#include "inlet/upkeep/tend.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inlet/base/try.h"
#include "inlet/upkeep/plan.h"
#include "inlet/upkeep/rewrite.h"

namespace inlet::upkeep {
namespace {

using delta::DataFile;
using delta::Snapshot;

std::uint64_t checkpoint_interval(const Snapshot& table, const Policy& policy) {
  const std::string given = table.property("delta.checkpointInterval").value_or("");
  std::uint64_t commits = 0;
  const auto [end, code] = std::from_chars(given.data(), given.data() + given.size(), commits);
  return code == std::errc() && commits > 0 ? commits : policy.commits_per_checkpoint;
}

// All that an inlet optimize --full would do, where the policy pays for it.
std::vector<Bin> repayment(std::span<const DataFile> files, const Policy& policy) {
  std::vector<Bin> bins = plan(files, policy, Scope::Full);
  std::uint64_t bytes = 0;
  for (const Bin& bin : bins) bytes += bin.live_bytes;
  if (bytes > policy.repay_bytes) bins.clear();
  return bins;
}

// The files of the bin to rewrite next; none when nothing is due.
Result<std::vector<DataFile>> next_bin(const Snapshot& table, const Policy& policy, Moment moment) {
  const std::vector<DataFile> files = TRY(table.files());
  std::vector<Bin> bins = plan(files, policy, Scope::Inline);
  if (bins.empty() && moment == Moment::AtRest) bins = repayment(files, policy);
  const auto bin = std::ranges::find_if(bins, [&](const Bin& each) {
    return moment == Moment::AtRest || each.live_bytes <= policy.quick_bin_bytes;
  });
  std::vector<DataFile> chosen;
  if (bin == bins.end()) return chosen;
  for (const std::size_t index : bin->files) chosen.push_back(files[index]);
  return chosen;
}

// One bin; false when nothing is due, or another writer is at the same files.
Result<bool> rewrite_next(Snapshot& table, const Care& care, Moment moment) {
  const std::vector<DataFile> files = TRY(next_bin(table, care.policy, moment));
  if (files.empty()) return false;
  Rewritten done = TRY(rewrite(care.clock, table, files, care.policy));
  table = std::move(done.table);
  if (!done.is_committed) return false;
  care.log.info("rewrote files", {{"version", std::to_string(table.version())},
                                  {"files_before", std::to_string(done.num_files_removed)},
                                  {"files_after", std::to_string(done.num_files_added)},
                                  {"bytes", std::to_string(done.bytes_written)},
                                  {"dead_rows", std::to_string(done.num_rows_purged)}});
  return true;
}

Status rewrite_due(Snapshot& table, const Care& care, Moment moment) {
  const auto begin = care.clock.steady();
  while (TRY(rewrite_next(table, care, moment))) {
    if (moment == Moment::BetweenCommits) break;
    if (care.clock.steady() - begin >= care.policy.rest_time) break;
  }
  return {};
}

// True when a checkpoint was due and is written.
Result<bool> write_checkpoint(Snapshot& table, const Policy& policy) {
  if (delta::commits_since_checkpoint(table) < checkpoint_interval(table, policy)) return false;
  table = TRY(delta::checkpoint(table));
  return true;
}

Status keep_log(Snapshot& table, const Care& care) {
  if (!TRY(write_checkpoint(table, care.policy))) return {};
  const std::size_t num_files = TRY(clean_log(table, care.store, care.clock.now(),
                                              care.policy.max_expired_log_files, care.on_forget));
  if (num_files > 0) {
    care.log.info("deleted expired log files", {{"files", std::to_string(num_files)}});
  }
  return {};
}

void warn(const Care& care, std::string_view what, const Error& error) {
  care.log.warn(what, {{"kind", std::string(to_string(error.kind))}, {"error", error.message}});
}

}  // namespace

Snapshot tend(Snapshot table, const Care& care, Moment moment) {
  const Status rewritten = rewrite_due(table, care, moment);
  if (!rewritten) warn(care, "files were not rewritten; the rows are safe", rewritten.error());
  const Status kept = keep_log(table, care);
  if (!kept) warn(care, "the log was not tended; the rows are safe", kept.error());
  return table;
}

Snapshot only_checkpoint(Snapshot table, const Care& care) {
  const Result<bool> written = write_checkpoint(table, care.policy);
  if (!written) warn(care, "no checkpoint was written; the rows are safe", written.error());
  return table;
}

}  // namespace inlet::upkeep
