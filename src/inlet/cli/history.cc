#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/cli/text_table.h"
#include "inlet/delta/table.h"

namespace inlet::cli {
namespace {

std::string time_text(const delta::HistoryEntry& entry) {
  return to_rfc3339(Timestamp(std::chrono::milliseconds(entry.timestamp_ms)));
}

// userMetadata is JSON where Inlet wrote it, and anything where others did.
Json metadata_json(const delta::HistoryEntry& entry) {
  if (entry.user_metadata.empty()) return nullptr;
  auto parsed = parse_json(entry.user_metadata);
  return parsed ? *std::move(parsed) : Json(entry.user_metadata);
}

Json to_json(const delta::HistoryEntry& entry) {
  return {{"version", entry.version},
          {"time", time_text(entry)},
          {"operation", entry.operation},
          {"parameters", entry.parameters},
          {"user_metadata", metadata_json(entry)}};
}

Result<ExitCode> run(const Options& options, World& world) {
  const Session session = TRY(Session::open(options, world));
  const std::string path = TRY(options.text("TABLE"));
  const std::string url = TRY(store::to_url(path));
  const auto table =
      TRY(delta::Snapshot::open(delta::make_engine(session.store_options(), 1), url));
  const auto limit = static_cast<std::size_t>(TRY(options.integer("--limit")));
  const auto entries = TRY(delta::history(table, limit));
  if (is_given(options, "--json")) {
    for (const delta::HistoryEntry& entry : entries) world.out << to_text(to_json(entry)) << "\n";
    world.out << std::flush;
    return ExitCode::Ok;
  }
  TextTable lines{.headings = {"version", "time", "operation", "metadata"}, .is_number = {true}};
  for (const delta::HistoryEntry& entry : entries) {
    lines.rows.push_back(
        {format("{}", entry.version), time_text(entry), entry.operation, entry.user_metadata});
  }
  world.out << draw(lines, world.out_width) << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command history_command() {
  return {.name = "history",
          .summary = "List the commits of a Delta table, newest first.",
          .examples = {"inlet history warehouse/issues", "inlet history warehouse/issues --json"},
          .arguments = with_common(
              {table_url_argument(), limit_argument("20", "Commits to list."), json_argument()},
              {Opens::Store}),
          .run = run};
}

}  // namespace inlet::cli
