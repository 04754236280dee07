#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <thread>

#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "python/src/bindings_internal.h"
#include "python/src/connection.h"
#include "python/src/interruptible.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

using Texts = Connection::Texts;
using OptionalText = std::optional<std::string>;

template <class T>
void release_capsule(PyObject* capsule) {
  const auto held = std::unique_ptr<T>(
      static_cast<T*>(PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule))));
  // A consumer that took the content over has set this to null.
  if (held->release != nullptr) held->release(held.get());
}

// A capsule that owns `content`, as Arrow's PyCapsule interface wants it.
template <class T>
nb::object to_capsule(T content, const char* name) {
  auto held = std::make_unique<T>(content);
  PyObject* capsule = PyCapsule_New(held.get(), name, release_capsule<T>);
  if (capsule == nullptr) throw nb::python_error();
  std::ignore = held.release();
  return nb::steal(capsule);
}

// A table's columns, for Python.
struct TableSchema {
  Schema schema;

  nb::object arrow_schema() const { return to_capsule(to_arrow_schema(schema), "arrow_schema"); }
  std::string json() const { return to_text(to_spark_json(schema)); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Field& field : schema.fields) names.push_back(field.name);
    return names;
  }
};

// A read for one consumer, and what is known once it is consumed.
class TableRows {
 public:
  explicit TableRows(std::shared_ptr<Reading> reading) : reading_(std::move(reading)) {}

  nb::object arrow_stream(const nb::object&) {
    if (std::exchange(is_taken_, true)) {
      raise({ErrorKind::Config, "these rows were taken already; call read_table again"});
    }
    return to_capsule(to_arrow_stream(reading_), "arrow_array_stream");
  }
  std::string next_offset() const {
    const std::optional<Offset>& end = reading_->end_offset();
    if (!end) raise({ErrorKind::Config, "the next offset is known once all rows were taken"});
    return end->to_text();
  }
  std::vector<std::map<std::string, std::string>> refused() const {
    std::vector<std::map<std::string, std::string>> records;
    for (const pipeline::RefusedRecord& one : reading_->refused()) {
      records.push_back({{"record", one.record.bytes},
                         {"reason", one.record.reason},
                         {"origin", one.origin.url}});
    }
    return records;
  }
  TableSchema schema() const { return {reading_->schema()}; }
  std::uint64_t num_records() const { return reading_->num_records(); }
  std::uint64_t num_refused() const { return reading_->num_refused(); }

 private:
  std::shared_ptr<Reading> reading_;
  bool is_taken_ = false;
};

Connection connect(const std::string& name, const std::optional<Texts>& parameters,
                   const OptionalText& connections, const std::vector<std::string>& store_options) {
  return interruptible<Connection>([&](std::stop_token) -> Result<Connection> {
    if (parameters) return Connection::make(name, *parameters, store_options);
    return Connection::make(TRY(World::make(connections, store_options)), name);
  });
}

Result<Connection::ReadOptions> read_options(Connection::Flow flow, const OptionalText& schema) {
  Connection::ReadOptions options{
      .flow = flow, .num_decoders = std::max(1U, std::thread::hardware_concurrency())};
  if (schema) options.schema = TRY(from_spark_json(TRY(parse_json(*schema))));
  return options;
}

template <Connection::Flow kFlow>
TableRows read(const Connection& connection, const std::string& table, const std::string& start,
               const Texts& options, const OptionalText& schema) {
  return TableRows(interruptible<std::shared_ptr<Reading>>([&](std::stop_token) {
    const auto open = [&]() -> Result<std::shared_ptr<Reading>> {
      auto chosen = TRY(read_options(kFlow, schema));
      auto offset = TRY(Offset::parse(start));
      return connection.read({table, options}, std::move(offset), std::move(chosen));
    };
    return open();
  }));
}

TableSchema schema_of(const Connection& connection, const std::string& table,
                      const Texts& options) {
  return {interruptible<Schema>(
      [&](std::stop_token) { return connection.get_table_schema({table, options}); })};
}

nb::dict metadata_of(const Connection& connection, const std::string& table, const Texts& options) {
  const auto metadata = interruptible<TableMetadata>(
      [&](std::stop_token) { return connection.read_table_metadata({table, options}); });
  nb::dict answer;
  answer["primary_keys"] = metadata.primary_keys;
  answer["cursor_field"] = metadata.cursor_field;
  answer["ingestion_type"] = std::string(to_text(metadata.ingestion_type));
  return answer;
}

void check(const Connection& connection) {
  interruptible<bool>([&](std::stop_token) -> Result<bool> {
    TRY(connection.check());
    return true;
  });
}

std::vector<std::string> tables_of(const Connection& connection) {
  return interruptible<std::vector<std::string>>(
      [&](std::stop_token) { return connection.list_tables(); });
}

}  // namespace

void bind_connection(nb::module_& module) {
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
  nb::class_<Connection>(module, "Connection")
      .def("list_tables", &tables_of)
      .def("get_table_schema", &schema_of, "table"_a, "options"_a)
      .def("read_table_metadata", &metadata_of, "table"_a, "options"_a)
      .def("read_table", &read<Connection::Flow::Changes>, "table"_a, "start_offset"_a, "options"_a,
           "schema"_a = nb::none())
      .def("read_table_deletes", &read<Connection::Flow::Deletes>, "table"_a, "start_offset"_a,
           "options"_a, "schema"_a = nb::none())
      .def("check", &check);
  module.def("connect", &connect, "name"_a, "parameters"_a.none(), "connections"_a.none(),
             "store_options"_a);
}

}  // namespace inlet::python
