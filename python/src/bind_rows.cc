#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "inlet/data/spark_schema.h"
#include "python/src/bindings_internal.h"
#include "python/src/errors.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

template <class T>
void release_capsule(PyObject* capsule) {
  const auto held = std::unique_ptr<T>(
      static_cast<T*>(PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule))));
  // A consumer that took the content over has set this to null.
  if (held->release != nullptr) held->release(held.get());
}

template <class T>
nb::object make_capsule(T content, const char* name) {
  auto held = std::make_unique<T>(content);
  PyObject* capsule = PyCapsule_New(held.get(), name, release_capsule<T>);
  if (capsule == nullptr) throw nb::python_error();
  std::ignore = held.release();
  return nb::steal(capsule);
}

}  // namespace

nb::object to_capsule(ArrowSchema content) {
  return make_capsule(content, "arrow_schema");
}

nb::object to_capsule(ArrowArrayStream content) {
  return make_capsule(content, "arrow_array_stream");
}

nb::object to_capsule(ArrowArray content) {
  return make_capsule(content, "arrow_array");
}

std::string TableSchema::json() const {
  return to_text(to_spark_json(schema_));
}

std::vector<std::string> TableSchema::names() const {
  std::vector<std::string> names;
  for (const Field& field : schema_.fields) names.push_back(field.name);
  return names;
}

nb::object TableRows::arrow_stream(const nb::object&) {
  if (std::exchange(is_taken_, true)) {
    raise({ErrorKind::Config, "these rows were taken already; read the table again"});
  }
  return to_capsule(to_arrow_stream(reading_));
}

std::string TableRows::next_offset() const {
  const std::optional<Offset>& end = reading_->end_offset();
  if (!end) raise({ErrorKind::Config, "the next offset is known once all rows were taken"});
  return end->to_text();
}

nb::dict to_dict(const pipeline::RefusedRecord& refused) {
  const Origin& origin = refused.origin;
  nb::dict dict;
  // Bytes, since what was refused may be no text.
  dict["record"] = nb::bytes(refused.record.bytes.data(), refused.record.bytes.size());
  dict["reason"] = refused.record.reason;
  dict["position"] = refused.record.position;
  dict["origin"] = origin.url;
  dict["request_id"] = origin.request_id;
  dict["byte_offset"] = origin.byte_offset;
  dict["fetched_at"] = origin.fetched_at.time_since_epoch().count();
  return dict;
}

pipeline::RefusedRecord to_refused(const nb::dict& dict) {
  const auto record = nb::cast<nb::bytes>(dict["record"]);
  const std::chrono::microseconds fetched_at(nb::cast<std::int64_t>(dict["fetched_at"]));
  return {.record = {.position = nb::cast<std::uint32_t>(dict["position"]),
                     .bytes = std::string(record.c_str(), record.size()),
                     .reason = nb::cast<std::string>(dict["reason"])},
          .origin = {.url = nb::cast<std::string>(dict["origin"]),
                     .request_id = nb::cast<std::string>(dict["request_id"]),
                     .byte_offset = nb::cast<std::uint64_t>(dict["byte_offset"]),
                     .fetched_at = Timestamp(fetched_at)}};
}

nb::list TableRows::refused() const {
  nb::list records;
  for (const pipeline::RefusedRecord& one : reading_->refused()) records.append(to_dict(one));
  return records;
}

void bind_rows(nb::module_& module) {
  nb::class_<TableSchema>(module, "TableSchema")
      .def("__arrow_c_schema__", &TableSchema::arrow_schema)
      .def("json", &TableSchema::json)
      .def_prop_ro("names", &TableSchema::names);
  nb::class_<TableRows>(module, "TableRows")
      .def("__arrow_c_stream__", &TableRows::arrow_stream, "requested_schema"_a = nb::none())
      .def_prop_ro("schema", &TableRows::schema)
      .def_prop_ro("next_offset", &TableRows::next_offset)
      .def_prop_ro("num_records", &TableRows::num_records)
      .def_prop_ro("num_refused", &TableRows::num_refused)
      .def_prop_ro("refused", &TableRows::refused);
}

}  // namespace inlet::python
