#include "python/src/connection.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"

namespace inlet::python {
namespace {

// What a read stands on.
struct Opened {
  std::shared_ptr<const World> world;
  pipeline::OpenSource source;
};

// The columns that a delete says something about.
Schema delete_schema(const Schema& schema, const TableMetadata& metadata) {
  std::vector<std::string> paths = metadata.primary_keys;
  if (metadata.cursor_field) paths.push_back(*metadata.cursor_field);
  Schema chosen;
  for (const std::string& name : columns_of(schema, paths)) {
    if (const auto index = schema.index_of(name)) chosen.fields.push_back(schema.fields[*index]);
  }
  return chosen;
}

}  // namespace

Result<Connection> Connection::make(std::shared_ptr<const World> world, std::string connection) {
  TRY(world->open(connection));
  return Connection(std::move(world), std::move(connection));
}

Result<Connection> Connection::make(const std::string& connector, Texts parameters,
                                    const std::vector<std::string>& store_options) {
  auto connections = pipeline::ConnectionStore::of(
      {{.name = connector, .connector = connector, .parameters = std::move(parameters)}});
  return make(TRY(World::make(std::move(connections), store_options)), connector);
}

Result<std::vector<std::string>> Connection::list_tables() const {
  auto opened = TRY(world_->open(name_));
  return opened.source().list_tables();
}

Result<Schema> Connection::get_table_schema(const TableRequest& request) const {
  auto opened = TRY(world_->open(name_));
  return opened.source().get_table_schema(request);
}

Result<TableMetadata> Connection::read_table_metadata(const TableRequest& request) const {
  auto opened = TRY(world_->open(name_));
  return opened.source().read_table_metadata(request);
}

Status Connection::check() const {
  auto opened = TRY(world_->open(name_));
  return opened.source().check();
}

Result<std::shared_ptr<Reading>> Connection::read(TableRequest request, Offset start,
                                                  ReadOptions options) const {
  const auto opened = std::make_shared<Opened>(world_, TRY(world_->open(name_)));
  Source& source = opened->source.source();
  const TableMetadata metadata = TRY(source.read_table_metadata(request));
  const bool is_deletes = options.flow == Flow::Deletes;
  if (is_deletes && metadata.ingestion_type != IngestionType::CdcWithDeletes) {
    return fail(ErrorKind::Config, format("table {} has no delete flow: its ingestion type is {}",
                                          request.table, to_text(metadata.ingestion_type)));
  }
  if (!options.schema) {
    options.schema = TRY(source.get_table_schema(request));
    if (is_deletes) options.schema = delete_schema(*options.schema, metadata);
  }
  const ReadRequest read{.table = std::move(request), .start = start};
  return std::make_shared<Reading>(
      opened,
      RowOptions{.schema = *std::move(options.schema),
                 .keys = metadata.primary_keys,
                 .has_rescued_column = !is_deletes,
                 .num_decoders = options.num_decoders},
      std::move(start), [&source, read, is_deletes](RecordSink& sink, std::stop_token stop) {
        ReadRequest stoppable = read;
        stoppable.stop = std::move(stop);
        return is_deletes ? source.read_table_deletes(stoppable, sink)
                          : source.read_table(stoppable, sink);
      });
}

}  // namespace inlet::python
