#include "inlet/upkeep/log_cleanup.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/upkeep/retention.h"

namespace inlet::upkeep {
namespace {

constexpr std::size_t kVersionDigits = 20;
constexpr std::size_t kPartDigits = 10;

// Exactly `num_digits` of them, taken off the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t num_digits) {
  if (text.size() < num_digits) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + num_digits, number);
  if (code != std::errc() || end != text.data() + num_digits || text.front() == '-')
    return std::nullopt;
  text.remove_prefix(num_digits);
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// What follows `VERSION.checkpoint`: `.parquet`, `.PART.PARTS.parquet`, or `.UUID.parquet|json`.
std::optional<LogFile> parse_checkpoint(LogFile file, std::string_view rest) {
  file.kind = LogFile::Kind::Checkpoint;
  if (rest == ".parquet") return file;
  if (!take(rest, ".")) return std::nullopt;
  std::string_view parts = rest;
  const auto part = take_number(parts, kPartDigits);
  if (part && take(parts, ".")) {
    const auto num_parts = take_number(parts, kPartDigits);
    if (!num_parts || parts != ".parquet") return std::nullopt;
    file.part = static_cast<std::uint32_t>(*part);
    file.num_parts = static_cast<std::uint32_t>(*num_parts);
    return file;
  }
  const bool is_named = rest.ends_with(".parquet") || rest.ends_with(".json");
  return is_named ? std::optional(file) : std::nullopt;
}

std::set<std::int64_t> whole_checkpoints(std::span<const LogFile> files) {
  std::set<std::int64_t> whole;
  std::map<std::pair<std::int64_t, std::uint32_t>, std::set<std::uint32_t>> parts;
  for (const LogFile& file : files) {
    if (file.kind != LogFile::Kind::Checkpoint || file.object.size == 0) continue;
    std::set<std::uint32_t>& seen = parts[{file.version, file.num_parts}];
    seen.insert(file.part);
    if (seen.size() == file.num_parts) whole.insert(file.version);
  }
  return whole;
}

Result<std::vector<LogFile>> list_log(const delta::Snapshot& table, store::Store& store) {
  const std::string folder = table.url() + "/_delta_log/";
  std::vector<LogFile> files;
  TRY(store.list(table.url() + "/_delta_log", [&](const store::ObjectInfo& object) -> Status {
    if (!object.url.starts_with(folder)) return {};
    std::optional<LogFile> file =
        parse_log_file(std::string_view(object.url).substr(folder.size()));
    if (!file) return {};
    file->object = object;
    files.push_back(*std::move(file));
    return {};
  }));
  std::ranges::stable_sort(files, {}, &LogFile::version);
  return files;
}

// The userMetadata of a commit; empty where it has none.
std::string user_metadata_of(std::string_view commit) {
  while (!commit.empty()) {
    const std::string_view line = commit.substr(0, commit.find('\n'));
    commit.remove_prefix(std::min(commit.size(), line.size() + 1));
    if (line.find("\"commitInfo\"") == std::string_view::npos) continue;
    const Result<Json> action = parse_json(line);
    if (!action || !action->is_object() || !action->contains("commitInfo")) continue;
    const Json& info = (*action)["commitInfo"];
    const auto found = info.find("userMetadata");
    if (found != info.end() && found->is_string()) return found->get<std::string>();
  }
  return "";
}

Status forget(store::Store& store, const LogFile& file, const OnForget& on_forget) {
  if (file.kind == LogFile::Kind::Commit && on_forget) {
    const std::string commit = TRY(store.get(file.object.url));
    const std::string metadata = user_metadata_of(commit);
    if (!metadata.empty()) TRY(on_forget(metadata));
  }
  Status removed = store.remove(file.object.url);
  if (!removed && removed.error().kind == ErrorKind::NotFound) return {};
  return removed;
}

}  // namespace

std::optional<LogFile> parse_log_file(std::string_view name) {
  LogFile file;
  const auto version = take_number(name, kVersionDigits);
  if (!version) return std::nullopt;
  file.version = *version;
  if (name == ".json") {
    file.kind = LogFile::Kind::Commit;
    return file;
  }
  if (name == ".crc") return file;
  if (take(name, ".checkpoint")) return parse_checkpoint(file, name);
  if (!take(name, ".")) return std::nullopt;
  const auto last = take_number(name, kVersionDigits);
  if (!last || name != ".compacted.json") return std::nullopt;
  file.version = *last;
  return file;
}

std::optional<std::int64_t> first_kept_version(std::span<const LogFile> files, Timestamp horizon) {
  std::optional<std::int64_t> first_young;
  std::int64_t latest = -1;
  for (const LogFile& file : files) {
    if (file.kind != LogFile::Kind::Commit) continue;
    latest = std::max(latest, file.version);
    if (file.object.modified < horizon) continue;
    first_young = std::min(first_young.value_or(file.version), file.version);
  }
  const std::int64_t needed = first_young.value_or(latest);
  const std::set<std::int64_t> whole = whole_checkpoints(files);
  const auto after = whole.upper_bound(needed);
  if (after == whole.begin()) return std::nullopt;
  return *std::prev(after);
}

Result<std::size_t> clean_log(const delta::Snapshot& table, store::Store& store, Timestamp now,
                              std::size_t max_files, const OnForget& on_forget) {
  if (table.property("delta.enableExpiredLogCleanup") == "false") return 0;
  const Timestamp horizon = now - TRY(log_retention(table));
  std::vector<LogFile> files = TRY(list_log(table, store));
  const auto first_kept = first_kept_version(files, horizon);
  if (!first_kept) return 0;
  std::erase_if(files, [&](const LogFile& file) { return file.version >= *first_kept; });
  if (files.empty()) return 0;
  const delta::Snapshot kept = TRY(table.at(*first_kept));
  TRY(kept.files());
  if (files.size() > max_files) files.resize(max_files);
  for (const LogFile& file : files) TRY(forget(store, file, on_forget));
  return files.size();
}

}  // namespace inlet::upkeep
