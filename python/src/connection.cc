#include "python/src/connection.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/row_key.h"
#include "python/src/page_landing.h"
#include "python/src/share_landing.h"

namespace inlet::python {
namespace {

// What a read stands on.
struct Opened {
  std::shared_ptr<const World> world;
  pipeline::OpenSource source;
  std::unique_ptr<store::Store> landing = {};
};

Status expect_flow(Connection::Flow flow, const TableRequest& request,
                   const TableMetadata& metadata) {
  const bool has_deletes = metadata.ingestion_type == IngestionType::CdcWithDeletes;
  if (flow == Connection::Flow::Changes || has_deletes) return {};
  return fail(ErrorKind::Config, format("table {} has no deletes to read: its ingestion type is {}",
                                        request.table, to_text(metadata.ingestion_type)));
}

Result<Offset> read_flow(Source& source, Connection::Flow flow, const ReadRequest& request,
                         RecordSink& sink) {
  return flow == Connection::Flow::Deletes ? source.read_table_deletes(request, sink)
                                           : source.read_table(request, sink);
}

// nullopt: the read is to be landed. So it is where a share alone would be more than a step.
Result<std::optional<std::vector<Share>>> plan(Source& source, Connection::Flow flow,
                                               const TableRequest& request, const Offset& start,
                                               const LandingLimit& limit,
                                               std::uint64_t partition_bytes) {
  const bool counts_records = limit.max_records != LandingLimit().max_records;
  if (flow == Connection::Flow::Deletes || counts_records)
    return std::optional<std::vector<Share>>();
  auto shares = TRY(source.get_partitions({.table = request, .start = start},
                                          std::min(partition_bytes, limit.max_bytes)));
  const auto is_too_large = [&](const Share& share) { return share.num_bytes > limit.max_bytes; };
  if (shares && std::ranges::any_of(*shares, is_too_large)) shares.reset();
  return shares;
}

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

Result<std::shared_ptr<Reading>> Connection::start(const TableRequest& request, Offset start,
                                                   ReadOptions options, Push push) const {
  const auto opened = std::make_shared<Opened>(world_, TRY(world_->open(name_)));
  Source& source = opened->source.source();
  const bool is_told = options.schema && options.keys && options.flow == Flow::Changes;
  const TableMetadata metadata =
      is_told ? TableMetadata() : TRY(source.read_table_metadata(request));
  TRY(expect_flow(options.flow, request, metadata));
  const bool is_deletes = options.flow == Flow::Deletes;
  if (!options.schema) {
    options.schema = TRY(source.get_table_schema(request));
    if (is_deletes) {
      options.schema = delete_schema(*options.schema, metadata);
    } else {
      options.schema->fields.push_back({std::string(decode::kRescuedColumn), {}});
    }
  }
  // A key that was not asked for cannot be looked at.
  std::vector<std::string> keys = options.keys.value_or(metadata.primary_keys);
  std::erase_if(keys, [&](const std::string& key) { return options.schema->find(key) == nullptr; });
  RowOptions rows = RowOptions::of(*std::move(options.schema), std::move(keys));
  rows.num_decoders = options.num_decoders;
  rows.ahead_bytes = options.ahead_bytes;
  rows.num_kept_refused = options.num_kept_refused;
  return std::make_shared<Reading>(
      opened, std::move(rows), std::move(start),
      [&source, push = std::move(push)](RecordSink& sink, std::stop_token stop) {
        return push(source, std::move(stop), sink);
      });
}

Result<std::shared_ptr<Reading>> Connection::read(TableRequest request, Offset start,
                                                  ReadOptions options) const {
  return this->start(request, start, options,
                     [request, start, flow = options.flow](Source& source, std::stop_token stop,
                                                           RecordSink& sink) {
                       return read_flow(source, flow,
                                        {.table = request, .start = start, .stop = std::move(stop)},
                                        sink);
                     });
}

Result<std::optional<std::vector<Share>>> Connection::get_partitions(
    TableRequest request, Offset start, std::uint64_t partition_bytes) const {
  auto opened = TRY(world_->open(name_));
  return opened.source().get_partitions({.table = std::move(request), .start = std::move(start)},
                                        partition_bytes);
}

Result<std::shared_ptr<Reading>> Connection::read_partition(TableRequest request,
                                                            Partition partition,
                                                            ReadOptions options) const {
  return start(request, {}, std::move(options),
               [request, partition = std::move(partition)](Source& source, std::stop_token stop,
                                                           RecordSink& sink) -> Result<Offset> {
                 TRY(source.read_partition(
                     {.table = request, .partition = partition, .stop = std::move(stop)}, sink));
                 return Offset();
               });
}

Result<Lander> Connection::land(TableRequest request, LandOptions options) const {
  const auto opened = std::make_shared<Opened>(world_, TRY(world_->open(name_)));
  opened->landing = store::make_store(world_->store_options());
  Source& source = opened->source.source();
  TRY(expect_flow(options.flow, request, TRY(source.read_table_metadata(request))));
  auto folder = TRY(pipeline::Landing::open(*opened->landing, options.landing));
  auto open_read = [&source, folder, request, flow = options.flow, limit = options.limit,
                    partition_bytes = options.partition_bytes](
                       const LandedTo& start) -> Result<std::unique_ptr<LandingRead>> {
    auto shares = TRY(plan(source, flow, request, start.offset, limit, partition_bytes));
    if (shares) return std::make_unique<ShareLanding>(*std::move(shares), folder, start, limit);
    return std::make_unique<PageLanding>(
        [&source, request, flow](const Offset& from, RecordSink& sink, std::stop_token stop) {
          return read_flow(source, flow, {.table = request, .start = from, .stop = std::move(stop)},
                           sink);
        },
        folder, start, limit);
  };
  return Lander::make(opened, std::move(open_read), std::move(folder), std::move(options.start));
}

}  // namespace inlet::python
