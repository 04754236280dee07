#include "inlet/pipeline/offset_log.h"

#include <cctype>
#include <optional>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/commit_metadata.h"

namespace inlet::pipeline {
namespace {

// How far back the log is searched when the copy is missing: the commit is the newest of its
// object.
constexpr std::size_t kSearchedCommits = 1000;

std::string file_name_of(std::string_view app_id) {
  std::string name;
  for (const char c : app_id) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    name += is_plain ? std::string(1, c) : format(".{:02x}", static_cast<unsigned char>(c));
  }
  return name;
}

// The entry that is about `app_id` at `version`.
std::optional<Json> find_entry(const std::vector<delta::HistoryEntry>& history,
                               std::string_view app_id, std::int64_t version) {
  for (const delta::HistoryEntry& commit : history) {
    const std::optional<Json> entry = delta::read_commit_metadata(commit.user_metadata);
    if (!entry || entry->value("app_id", "") != app_id) continue;
    if (entry->value("version", 0LL) == version) return entry;
  }
  return std::nullopt;
}

std::string copy_url(const delta::Snapshot& table, std::string_view app_id, std::int64_t version) {
  return format("{}/_inlet/offsets/{}/{}.json", table.url(), file_name_of(app_id), version);
}

}  // namespace

OffsetLog::OffsetLog(store::Store& store, std::string app_id)
    : store_(store), app_id_(std::move(app_id)) {}

std::string OffsetLog::copy_url(const delta::Snapshot& table, std::int64_t version) const {
  return pipeline::copy_url(table, app_id_, version);
}

Result<CommittedOffset> OffsetLog::find(const delta::Snapshot& table) const {
  const std::optional<std::int64_t> version = TRY(table.transaction_version(app_id_));
  if (!version) return CommittedOffset{};
  const Result<std::string> copy = store_.get(copy_url(table, *version));
  if (copy) return CommittedOffset{.version = *version, .offset = TRY(Offset::parse(*copy))};
  if (copy.error().kind != ErrorKind::NotFound) return std::unexpected(copy.error());
  const auto history = TRY(delta::history(table, kSearchedCommits));
  const std::optional<Json> entry = find_entry(history, app_id_, *version);
  if (!entry) {
    return fail(
        ErrorKind::Config,
        format("{}: the offset of \"{}\" at version {} is neither in {} nor in the log; run "
               "again with --full-refresh",
               table.url(), app_id_, *version, copy_url(table, *version)));
  }
  return CommittedOffset{.version = *version, .offset = TRY(Offset::make(entry->at("offset")))};
}

std::string OffsetLog::metadata(const CommittedOffset& next, std::string_view run_id) const {
  Json entry = Json::object();
  entry["app_id"] = app_id_;
  entry["version"] = next.version;
  entry["offset"] = next.offset.json();
  entry["run_id"] = run_id;
  return delta::to_commit_metadata(std::move(entry));
}

Result<bool> OffsetLog::was_written_by(const delta::Snapshot& table, std::int64_t version,
                                       std::string_view run_id) const {
  const auto history = TRY(delta::history(table, kSearchedCommits));
  const std::optional<Json> entry = find_entry(history, app_id_, version);
  return entry && entry->value("run_id", "") == run_id;
}

Status OffsetLog::copy(const delta::Snapshot& table, const CommittedOffset& committed) const {
  TRY(store_.put(copy_url(table, committed.version), committed.offset.to_text(),
                 store::IfPresent::Replace));
  if (committed.version <= 2) return {};
  const Status removed = store_.remove(copy_url(table, committed.version - 2));
  if (!removed && removed.error().kind != ErrorKind::NotFound) return removed;
  return {};
}

Status keep_offset(store::Store& store, const delta::Snapshot& table,
                   std::string_view user_metadata) {
  const std::optional<Json> entry = delta::read_commit_metadata(user_metadata);
  if (!entry || !entry->contains("offset")) return {};
  const std::string app_id = entry->value("app_id", "");
  const std::int64_t version = entry->value("version", 0LL);
  const std::optional<std::int64_t> now = TRY(table.transaction_version(app_id));
  if (now != version) return {};
  const std::string url = copy_url(table, app_id, version);
  const Result<store::ObjectInfo> copy = store.head(url);
  if (copy || copy.error().kind != ErrorKind::NotFound) {
    return copy ? Status{} : std::unexpected(copy.error());
  }
  const Offset offset = TRY(Offset::make(entry->at("offset")));
  return store.put(url, offset.to_text(), store::IfPresent::Replace);
}

}  // namespace inlet::pipeline
