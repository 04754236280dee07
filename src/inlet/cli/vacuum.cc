#include "inlet/upkeep/vacuum.h"

#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/pipeline/readable.h"

namespace inlet::cli {
namespace {

Json to_json(const delta::Snapshot& table, const upkeep::Vacuumed& done, bool is_dry_run) {
  Json objects = Json::array();
  for (const store::ObjectInfo& object : done.objects) {
    objects.push_back({{"url", object.url}, {"bytes", object.size}});
  }
  return {{"table", table.url()},
          {"version", table.version()},
          {"dry_run", is_dry_run},
          {"retention_seconds",
           std::chrono::duration_cast<std::chrono::seconds>(done.retention).count()},
          {"files", done.objects.size()},
          {"bytes", done.num_bytes},
          {"files_kept", done.num_objects_kept},
          {"objects", std::move(objects)}};
}

void print(std::ostream& out, const upkeep::Vacuumed& done, bool is_dry_run) {
  if (is_dry_run) {
    for (const store::ObjectInfo& object : done.objects) out << object.url << "\n";
  }
  out << format(
      "{} {} files, {}; {} kept; retention {}\n", is_dry_run ? "would delete" : "deleted",
      pipeline::readable_count(done.objects.size()), pipeline::readable_bytes(done.num_bytes),
      pipeline::readable_count(done.num_objects_kept), pipeline::readable_duration(done.retention));
}

Result<ExitCode> run(const Options& options, World& world) {
  const Session session = TRY(Session::open(options, world));
  const std::string path = TRY(options.text("TABLE"));
  const std::string url = TRY(store::to_url(path));
  const auto store = store::make_store(session.store_options());
  const auto table =
      TRY(delta::Snapshot::open(delta::make_engine(session.store_options(), 1), url));
  using Request = upkeep::VacuumRequest;
  const bool is_dry_run = is_given(options, "--dry-run");
  Request request{
      .mode = is_dry_run ? Request::Mode::OnlySay : Request::Mode::Delete,
      .shorter = is_given(options, "--force") ? Request::Shorter::Allow : Request::Shorter::Refuse};
  if (options.has("--retention")) request.retention = TRY(options.duration("--retention"));
  Result<upkeep::Vacuumed> done = upkeep::vacuum(table, *store, world.clock.now(), request);
  if (!done) return std::unexpected(std::move(done).error());
  if (is_given(options, "--json")) {
    world.out << to_text(to_json(table, *done, is_dry_run)) << "\n";
  } else {
    print(world.out, *done, is_dry_run);
  }
  world.out << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command vacuum_command() {
  return {
      .name = "vacuum",
      .summary = "Delete files that no version of a Delta table within the retention needs.",
      .details =
          "Files that were replaced stay for readers of older versions, and files of killed "
          "writers "
          "lie about; this deletes those that are older than the retention. Older versions cannot "
          "be read afterwards. Folders and files whose names begin with _ or . are left alone.",
      .examples = {"inlet vacuum warehouse/issues --dry-run", "inlet vacuum warehouse/issues",
                   "inlet vacuum s3://bucket/lake/issues --retention 30d"},
      .arguments = with_common(
          {table_url_argument(),
           {.spec = {.name = "--retention",
                     .type = OptionType::Duration,
                     .help = "How long removed files are kept; otherwise as the table's property "
                             "delta.deletedFileRetentionDuration says, or 7 days.",
                     .example = "7d"}},
           {.spec = {.name = "--dry-run",
                     .type = OptionType::Boolean,
                     .help = "Only print what would be deleted."}},
           {.spec = {.name = "--force",
                     .type = OptionType::Boolean,
                     .help = "Allow a retention that is shorter than the table's own: readers of "
                             "older versions and writers that are at work may lose files."}},
           json_argument()},
          {Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
