#include "inlet/pipeline/report.h"

#include <algorithm>
#include <array>

#include "inlet/base/format.h"
#include "inlet/pipeline/readable.h"

namespace inlet::pipeline {
namespace {

Json error_json(const Error& error) {
  Json json = {{"kind", to_string(error.kind)}, {"message", error.message}};
  if (error.retry_after) json["retry_after_ms"] = error.retry_after->count();
  return json;
}

Json version_json(std::int64_t version) {
  return version < 0 ? Json() : Json(version);
}

Json table_json(const TableReport& table) {
  Json json = {
      {"table", table.table},
      {"source_table", table.source_table},
      {"url", table.url},
      {"status", table.error ? to_string(table.error->kind) : "ok"},
      {"records",
       {{"fetched", table.fetched},
        {"committed", table.committed},
        {"unchanged", table.unchanged},
        {"deduplicated", table.deduplicated},
        {"quarantined", table.quarantined},
        {"filtered", table.filtered},
        {"deleted", table.deleted},
        {"rescued", table.rescued},
        {"repeated_members", table.repeated_members},
        {"truncated_times", table.truncated_times}}},
      {"added_columns", table.added_columns},
      {"source",
       {{"pages", table.pages},
        {"page_bytes", table.page_bytes},
        {"requests", table.requests},
        {"retries", table.retries},
        {"waited_ms", table.waited.count()}}},
      {"elapsed_ms", table.elapsed.count()},
      {"offset_before", table.offset_before.json()},
      {"offset_after", table.offset_after.json()},
      {"version_before", version_json(table.version_before)},
      {"version_after", version_json(table.version_after)},
      {"commits", table.commits},
  };
  if (table.error) json["error"] = error_json(*table.error);
  if (!table.quarantine_url.empty()) json["quarantine_url"] = table.quarantine_url;
  return json;
}

// What a person does next about an error of this kind.
std::string_view remedy(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Config: return "mend the spec, the connection or the connector, then run again";
    case ErrorKind::Auth: return "renew or widen the connection's credential, then run again";
    case ErrorKind::NotFound: return "check the name and whether the credential may see it";
    case ErrorKind::RateLimited: return "run again once the source's limit is reset";
    case ErrorKind::Unavailable: return "run again: it goes on where the table stands";
    case ErrorKind::BadRecord: return "look at what the source sent, then run again";
    case ErrorKind::Conflict: return "another writer was faster; run again";
    case ErrorKind::Indeterminate: return "run again: the table itself says what was committed";
    case ErrorKind::Cancelled: return "run again to go on: the table stands at its last commit";
    case ErrorKind::Bug: return "this is a bug in Inlet; please report it together with the report";
  }
  return "";
}

constexpr std::size_t kNumColumns = 9;
using Line = std::array<std::string, kNumColumns>;

Line heading() {
  return {"table",       "fetched",  "committed", "unchanged", "deduplicated",
          "quarantined", "requests", "time",      "version"};
}

std::string version_text(const TableReport& table) {
  if (table.version_after < 0) return "-";
  if (table.version_before == table.version_after) return format("{}", table.version_after);
  if (table.version_before < 0) return format("new -> {}", table.version_after);
  return format("{} -> {}", table.version_before, table.version_after);
}

Line line_of(const TableReport& table) {
  return {table.table,
          readable_count(table.fetched),
          readable_count(table.committed),
          readable_count(table.unchanged),
          readable_count(table.deduplicated),
          readable_count(table.quarantined),
          readable_count(table.requests),
          readable_duration(table.elapsed),
          version_text(table)};
}

// Names to the left, figures to the right.
std::string aligned(const std::vector<Line>& lines) {
  std::array<std::size_t, kNumColumns> widths = {};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < kNumColumns; ++i)
      widths.at(i) = std::max(widths.at(i), line.at(i).size());
  }
  std::string text;
  for (const Line& line : lines) {
    text += format("{:<{}}", line[0], widths[0]);
    for (std::size_t i = 1; i < kNumColumns; ++i) {
      text += format("  {:>{}}", line.at(i), widths.at(i));
    }
    text += '\n';
  }
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

// What a person should know about one table beside its figures.
std::string remarks(const TableReport& table) {
  std::string text;
  const auto add = [&](std::string_view remark) {
    text += format("{}: {}\n", table.table, remark);
  };
  if (!table.added_columns.empty()) add("added columns " + joined(table.added_columns));
  if (table.deleted > 0) add(format("{} rows deleted", readable_count(table.deleted)));
  if (table.retries > 0) {
    add(format("{} requests repeated, {} waited", readable_count(table.retries),
               readable_duration(table.waited)));
  }
  if (table.rescued > 0) {
    add(format("{} rows have values in _rescued_data", readable_count(table.rescued)));
  }
  if (table.repeated_members > 0) {
    add(format("{} members stood twice in their record; the last one counts",
               readable_count(table.repeated_members)));
  }
  if (table.truncated_times > 0) {
    add(format("{} times were cut to microseconds", readable_count(table.truncated_times)));
  }
  if (table.quarantined > 0) {
    add(format("{} records are in quarantine: {}", readable_count(table.quarantined),
               table.quarantine_url));
  }
  return text;
}

// How the whole run ended, in one word: a run that was only stopped did not fail.
std::string_view outcome(const std::vector<TableReport>& tables) {
  std::string_view word = "succeeded";
  for (const TableReport& table : tables) {
    if (!table.error) continue;
    if (table.error->kind != ErrorKind::Cancelled) return "failed";
    word = "stopped";
  }
  return word;
}

}  // namespace

Status TableReport::check_sums() const {
  if (fetched == committed + unchanged + deduplicated + quarantined) return {};
  return fail(
      ErrorKind::Bug,
      format("records do not add up for {}: {} fetched, but {} committed + {} unchanged + {} "
             "deduplicated + {} quarantined = {}",
             table, fetched, committed, unchanged, deduplicated, quarantined,
             committed + unchanged + deduplicated + quarantined));
}

bool RunReport::is_success() const {
  return std::none_of(tables.begin(), tables.end(),
                      [](const TableReport& table) { return table.error.has_value(); });
}

Json RunReport::to_json() const {
  Json list = Json::array();
  for (const TableReport& table : tables) list.push_back(table_json(table));
  return {{"run_id", run_id},
          {"pipeline", pipeline},
          {"inlet_version", inlet_version},
          {"started", to_rfc3339(started)},
          {"ended", to_rfc3339(ended)},
          {"success", is_success()},
          {"tables", std::move(list)}};
}

std::string RunReport::to_text() const {
  std::vector<Line> lines = {heading()};
  std::string remarked;
  std::string unfinished;
  for (const TableReport& table : tables) {
    lines.push_back(line_of(table));
    remarked += remarks(table);
    if (!table.error) continue;
    unfinished +=
        format("{}: {}: {}\n  what to do: {}\n", table.table, to_string(table.error->kind),
               table.error->message, remedy(table.error->kind));
  }
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(ended - started);
  const std::string_view word = outcome(tables);
  std::string text = aligned(lines);
  if (!remarked.empty()) text += "\n" + remarked;
  if (!unfinished.empty()) text += format("\n{}\n{}", word, unfinished);
  return text + format("\n{} of pipeline {} {} in {}\n", run_id, pipeline, word,
                       readable_duration(elapsed));
}

}  // namespace inlet::pipeline
