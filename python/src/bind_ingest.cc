#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "python/src/bindings_internal.h"
#include "python/src/ingest_table.h"
#include "python/src/interruptible.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

std::vector<std::string> tables_of(const PipelineCall& call) {
  return interruptible<std::vector<std::string>>(
      [&](std::stop_token) { return ingest_tables(call); });
}

std::shared_ptr<IngestTable> open(const PipelineCall& call, const std::string& table) {
  return interruptible<std::shared_ptr<IngestTable>>(
      [&](std::stop_token) { return IngestTable::open(call, table); });
}

nb::dict description_of(IngestTable& table) {
  const pipeline::TableTarget& target = table.writer().target();
  const pipeline::TableObject& object = table.object();
  nb::dict about;
  about["connection"] = table.connection();
  about["source_table"] = object.source_table;
  about["source_options"] = object.source_options;
  about["path"] = object.destination_path();
  about["url"] = target.url;
  about["auxiliary_url"] = table.writer().auxiliary_url();
  about["app_id"] = target.app_id;
  about["mode"] = std::string(to_text(target.mode));
  about["keys"] = target.keys;
  about["sequence"] = target.sequence;
  about["schema"] = to_text(to_spark_json(table.writer().decode_schema()));
  about["delete_schema"] = to_text(to_spark_json(target.delete_schema()));
  about["has_delete_flow"] = target.has_delete_flow;
  about["delete_condition"] = object.changes.apply_as_deletes;
  about["keeps_versions"] = target.history.keeps_versions;
  about["ignore_null_updates"] = target.history.ignore_null_updates;
  about["tracked"] = target.history.tracked;
  about["untracked"] = target.history.untracked;
  about["partition_columns"] = table.writer().partition_columns();
  about["allow_empty_snapshot"] = object.allow_empty_snapshot;
  return about;
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
      .def("describe", &description_of)
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
      .def("settle", &settle, "offset"_a, "run_id"_a)
      .def("quarantine", &quarantine, "records"_a, "run_id"_a);
  module.def("ingest_tables", &tables_of, "call"_a);
  module.def("open_ingest_table", &open, "call"_a, "table"_a);
}

}  // namespace inlet::python
