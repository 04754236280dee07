#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>

#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "python/src/bindings_internal.h"
#include "python/src/ingest_table.h"
#include "python/src/interruptible.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

std::shared_ptr<IngestRun> start(const PipelineCall& call) {
  return interruptible<std::shared_ptr<IngestRun>>(
      [&](std::stop_token) { return IngestRun::start(call); });
}

ErrorKind kind_of(std::string_view name) {
  constexpr std::array kKinds = {
      ErrorKind::Config,      ErrorKind::Auth,      ErrorKind::NotFound, ErrorKind::RateLimited,
      ErrorKind::Unavailable, ErrorKind::BadRecord, ErrorKind::Conflict, ErrorKind::Indeterminate,
      ErrorKind::Cancelled,   ErrorKind::Bug};
  const auto* found =
      std::ranges::find(kKinds, name, [](ErrorKind kind) { return to_string(kind); });
  return found == kKinds.end() ? ErrorKind::Bug : *found;
}

// Of a table that was opened or of one that was not; an empty message means that all is well.
void add_report(IngestRun& run, const std::string& name, const std::shared_ptr<IngestTable>& table,
                const std::string& kind, const std::string& message, std::int64_t elapsed_ms) {
  pipeline::TableReport report;
  if (table) report = table->writer().report();
  report.table = name;
  report.elapsed = std::chrono::milliseconds(elapsed_ms);
  if (!message.empty()) {
    report.error = Error{kind_of(kind), message};
  } else if (const Status sums = report.check_sums(); !sums) {
    report.error = sums.error();
  }
  run.add(std::move(report));
}

std::string finish(IngestRun& run) {
  const auto report =
      interruptible<pipeline::RunReport>([&](std::stop_token) { return run.finish(); });
  return to_text(report.to_json());
}

std::shared_ptr<IngestTable> open(const PipelineCall& call, const std::string& table) {
  return interruptible<std::shared_ptr<IngestTable>>(
      [&](std::stop_token) { return IngestTable::open(call, table); });
}

void reopen(IngestTable& table) {
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    TRY(table.reopen());
    return true;
  });
}

nb::dict to_dict(const std::string& connection, const pipeline::TableObject& object,
                 const pipeline::TableTarget& target, const Schema& schema) {
  nb::dict about;
  about["connection"] = connection;
  about["source_table"] = object.source_table;
  about["source_options"] = object.source_options;
  about["path"] = object.destination_path();
  about["url"] = target.url;
  about["app_id"] = target.app_id;
  about["mode"] = std::string(to_text(target.mode));
  about["keys"] = target.keys;
  about["sequence"] = target.sequence;
  about["schema"] = to_text(to_spark_json(schema));
  about["delete_schema"] = to_text(to_spark_json(target.delete_schema()));
  about["has_delete_flow"] = target.has_delete_flow;
  about["delete_condition"] = object.changes.apply_as_deletes;
  about["keeps_versions"] = target.history.keeps_versions;
  about["ignore_null_updates"] = target.history.ignore_null_updates;
  about["tracked"] = target.history.tracked;
  about["untracked"] = target.history.untracked;
  about["partition_columns"] = object.partition_columns;
  about["cluster_by"] = object.cluster_by;
  about["allow_empty_snapshot"] = object.allow_empty_snapshot;
  return about;
}

nb::dict describe(IngestTable& table) {
  nb::dict about = to_dict(table.connection(), table.object(), table.writer().target(),
                           table.writer().decode_schema());
  about["auxiliary_url"] = table.writer().auxiliary_url();
  // Those of a table that is there count, whatever the spec says of new ones.
  about["partition_columns"] = table.writer().partition_columns();
  return about;
}

nb::dict describe_target(const PipelineCall& call, const std::string& table) {
  const auto found = interruptible<IngestTarget>(
      [&](std::stop_token) { return IngestTarget::resolve(call, table); });
  return to_dict(found.connection, found.object, found.target, found.target.source_schema);
}

std::optional<double> every_seconds(const IngestRun& run) {
  if (!run.every()) return std::nullopt;
  return std::chrono::duration<double>(*run.every()).count();
}

nb::dict look(IngestTable& table) {
  const auto found = interruptible<pipeline::ForeignTables>(
      [&](std::stop_token) { return table.writer().look(); });
  nb::dict tables;
  tables["version"] = found.version;
  tables["num_files"] = found.num_files;
  tables["num_bytes"] = found.num_bytes;
  tables["auxiliary_version"] = found.auxiliary_version;
  return tables;
}

void make_auxiliary(IngestTable& table) {
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    TRY(table.writer().make_auxiliary());
    return true;
  });
}

std::vector<std::string> starts(IngestTable& table) {
  std::vector<std::string> texts;
  for (const Offset& offset : table.writer().starts()) texts.push_back(offset.to_text());
  return texts;
}

std::string offset_at(IngestTable& table, const std::vector<std::string>& flows) {
  std::vector<Offset> offsets;
  for (const std::string& text : flows) offsets.push_back(unwrap(Offset::parse(text)));
  return table.writer().offset_at(offsets).to_text();
}

void settle(IngestTable& table, const std::string& offset, const std::string& run_id) {
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    TRY(table.writer().settle(TRY(Offset::parse(offset)), run_id));
    return true;
  });
}

void count(IngestTable& table, std::uint64_t committed, std::uint64_t unchanged,
           std::uint64_t deduplicated, std::uint64_t deleted) {
  table.writer().count({.num_committed = committed,
                        .num_unchanged = unchanged,
                        .num_deduplicated = deduplicated,
                        .num_deleted = deleted});
}

void quarantine(IngestTable& table, const std::vector<nb::dict>& records,
                const std::string& run_id) {
  std::vector<pipeline::RefusedRecord> refused;
  for (const nb::dict& one : records) refused.push_back(to_refused(one));
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    TRY(table.writer().quarantine(std::move(refused), run_id));
    return true;
  });
}

}  // namespace

void bind_ingest(nb::module_& module) {
  nb::class_<IngestTable>(module, "IngestTable")
      .def("reopen", &reopen)
      .def("describe", &describe)
      .def("look", &look)
      .def("make_auxiliary", &make_auxiliary)
      .def("starts", &starts)
      .def("offset_at", &offset_at, "flows"_a)
      .def_prop_ro("version", [](IngestTable& table) { return table.writer().committed().version; })
      .def_prop_ro("offset",
                   [](IngestTable& table) { return table.writer().committed().offset.to_text(); })
      .def(
          "metadata",
          [](IngestTable& table, const std::string& offset, const std::string& run_id) {
            return table.writer().metadata(unwrap(Offset::parse(offset)), run_id);
          },
          "offset"_a, "run_id"_a)
      .def("count", &count, "committed"_a, "unchanged"_a, "deduplicated"_a, "deleted"_a)
      .def("settle", &settle, "offset"_a, "run_id"_a)
      .def("quarantine", &quarantine, "records"_a, "run_id"_a);
  nb::class_<IngestRun>(module, "IngestRun")
      .def_prop_ro("id", &IngestRun::id)
      .def_prop_ro("every_seconds", &every_seconds)
      .def_prop_ro("tables", &IngestRun::tables)
      .def("add", &add_report, "name"_a, "table"_a.none(), "kind"_a, "message"_a, "elapsed_ms"_a)
      .def("finish", &finish);
  module.def("start_ingest", &start, "call"_a);
  module.def("open_ingest_table", &open, "call"_a, "table"_a);
  module.def("describe_target", &describe_target, "call"_a, "table"_a);
}

}  // namespace inlet::python
