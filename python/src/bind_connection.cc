#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <thread>

#include "inlet/base/try.h"
#include "inlet/connect/registry.h"
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

Connection connect(const std::string& name, const std::optional<Texts>& parameters,
                   const OptionalText& connections, const std::vector<std::string>& store_options,
                   const Texts& defaults) {
  return interruptible<Connection>([&](std::stop_token) -> Result<Connection> {
    if (parameters) return Connection::make(name, *parameters, store_options);
    return Connection::make(TRY(World::make(connections, store_options, defaults)), name);
  });
}

// For who wants the first rows only.
constexpr std::size_t kNoAheadBytes = 1;

Result<Connection::ReadOptions> read_options(Connection::Flow flow, const OptionalText& schema) {
  Connection::ReadOptions options{
      .flow = flow, .num_decoders = std::max(1U, std::thread::hardware_concurrency())};
  if (schema) options.schema = TRY(from_spark_json(TRY(parse_json(*schema))));
  return options;
}

template <Connection::Flow kFlow>
TableRows read(const Connection& connection, const std::string& table, const std::string& start,
               const Texts& options, const OptionalText& schema, bool looks_ahead) {
  return TableRows(interruptible<std::shared_ptr<Reading>>([&](std::stop_token) {
    const auto open = [&]() -> Result<std::shared_ptr<Reading>> {
      auto chosen = TRY(read_options(kFlow, schema));
      if (!looks_ahead) {
        chosen.num_decoders = 1;
        chosen.ahead_bytes = kNoAheadBytes;
      }
      auto offset = TRY(Offset::parse(start));
      return connection.read({table, options}, std::move(offset), std::move(chosen));
    };
    return open();
  }));
}

using PartitionTexts = std::optional<std::vector<std::string>>;

PartitionTexts partitions_of(const Connection& connection, const std::string& table,
                             const std::string& start, const Texts& options,
                             std::uint64_t partition_bytes) {
  return interruptible<PartitionTexts>([&](std::stop_token) -> Result<PartitionTexts> {
    auto offset = TRY(Offset::parse(start));
    const auto shares =
        TRY(connection.get_partitions({table, options}, std::move(offset), partition_bytes));
    if (!shares) return PartitionTexts();
    std::vector<std::string> texts;
    for (const Share& share : *shares) texts.push_back(to_text(share.partition));
    return PartitionTexts(std::move(texts));
  });
}

// Partitions are read side by side, so each has one decoder.
TableRows read_partition(const Connection& connection, const std::string& table,
                         const std::string& partition, const Texts& options,
                         const OptionalText& schema) {
  return TableRows(interruptible<std::shared_ptr<Reading>>(
      [&](std::stop_token) -> Result<std::shared_ptr<Reading>> {
        auto chosen = TRY(read_options(Connection::Flow::Changes, schema));
        chosen.num_decoders = 1;
        auto parsed = TRY(parse_json(partition));
        return connection.read_partition({table, options}, std::move(parsed), std::move(chosen));
      }));
}

TableSchema schema_of(const Connection& connection, const std::string& table,
                      const Texts& options) {
  return TableSchema(interruptible<Schema>(
      [&](std::stop_token) { return connection.get_table_schema({table, options}); }));
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

// Whether the connections file knows it.
bool has_connection(const std::string& name, const OptionalText& connections) {
  return interruptible<bool>([&](std::stop_token) -> Result<bool> {
    const auto world = TRY(World::make(connections, {}, {}));
    return world->has(name);
  });
}

// Names of the parameters that a connection of the connector takes; "*" among them means any.
std::vector<std::string> parameters_of(const std::string& connector) {
  return interruptible<std::vector<std::string>>(
      [&](std::stop_token) -> Result<std::vector<std::string>> {
        const Connector* found = TRY(find_connector(registry(), connector));
        std::vector<std::string> names;
        for (const OptionSpec& spec : TRY(found->connection_options())) names.push_back(spec.name);
        return names;
      });
}

std::vector<std::string> tables_of(const Connection& connection) {
  return interruptible<std::vector<std::string>>(
      [&](std::stop_token) { return connection.list_tables(); });
}

}  // namespace

void bind_connection(nb::module_& module) {
  nb::class_<Connection>(module, "Connection")
      .def("list_tables", &tables_of)
      .def("get_table_schema", &schema_of, "table"_a, "options"_a)
      .def("read_table_metadata", &metadata_of, "table"_a, "options"_a)
      .def("read_table", &read<Connection::Flow::Changes>, "table"_a, "start_offset"_a, "options"_a,
           "schema"_a = nb::none(), "looks_ahead"_a = true)
      .def("read_table_deletes", &read<Connection::Flow::Deletes>, "table"_a, "start_offset"_a,
           "options"_a, "schema"_a = nb::none(), "looks_ahead"_a = true)
      .def("get_partitions", &partitions_of, "table"_a, "start_offset"_a, "options"_a,
           "partition_bytes"_a)
      .def("read_partition", &read_partition, "table"_a, "partition"_a, "options"_a,
           "schema"_a = nb::none())
      .def("check", &check);
  module.def("connect", &connect, "name"_a, "parameters"_a.none(), "connections"_a.none(),
             "store_options"_a, "defaults"_a = Texts());
  module.def("has_connection", &has_connection, "name"_a, "connections"_a.none());
  module.def("connection_parameters", &parameters_of, "connector"_a);
}

}  // namespace inlet::python
