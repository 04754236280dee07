#include <utility>

#include "inlet/base/try.h"
#include "inlet/delta/snapshot_internal.h"
#include "inlet/delta/table.h"

namespace inlet::delta {
namespace {

std::string text_or_empty(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<std::vector<HistoryEntry>> history(const Snapshot& snapshot, std::size_t limit) {
  InletBytes text = {};
  TRY(bridge::call(inlet_bridge_snapshot_history, snapshot.impl()->handle.get(),
                   std::uint64_t{limit}, &text));
  const Json entries = TRY(parse_json(bridge::take(text)));
  std::vector<HistoryEntry> result;
  for (const Json& entry : entries) {
    HistoryEntry line;
    line.version = entry.at("version").get<std::int64_t>();
    if (entry.at("timestamp").is_number_integer())
      line.timestamp_ms = entry.at("timestamp").get<std::int64_t>();
    line.operation = text_or_empty(entry, "operation");
    line.user_metadata = text_or_empty(entry, "userMetadata");
    if (entry.at("operationParameters").is_object())
      line.parameters = entry.at("operationParameters");
    if (entry.at("operationMetrics").is_object()) line.metrics = entry.at("operationMetrics");
    result.push_back(std::move(line));
  }
  return result;
}

Result<Snapshot> checkpoint(const Snapshot& snapshot) {
  InletSnapshot* same = nullptr;
  TRY(bridge::call(inlet_bridge_checkpoint, snapshot.impl()->handle.get(), &same));
  return wrap(snapshot.impl()->engine, snapshot.url(), same);
}

std::uint64_t commits_since_checkpoint(const Snapshot& snapshot) {
  return snapshot.impl()->num_commits_since_checkpoint;
}

}  // namespace inlet::delta
