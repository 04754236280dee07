#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "inlet/delta/snapshot_internal.h"
#include "inlet/delta/table.h"

namespace inlet::delta {

Result<const InletEngine*> Engine::get() const {
  if (!handle_) return std::unexpected(handle_.error());
  return handle_->get();
}

std::shared_ptr<Engine> make_engine(const store::StoreOptions& options,
                                    unsigned num_encode_threads) {
  return std::make_shared<Engine>(bridge::make_engine(options, num_encode_threads));
}

Result<Snapshot> wrap(std::shared_ptr<Engine> engine, std::string url, InletSnapshot* handle) {
  auto impl = std::make_shared<Snapshot::Impl>();
  impl->handle.reset(handle);
  InletSnapshotFacts facts = {};
  TRY(bridge::call(inlet_bridge_snapshot_facts, handle, &facts));
  const std::string schema_text = bridge::take(facts.schema);
  const std::string properties_text = bridge::take(facts.properties);
  const std::string partition_text = bridge::take(facts.partition_columns);
  impl->engine = std::move(engine);
  impl->url = std::move(url);
  impl->version = facts.version;
  impl->num_commits_since_checkpoint = facts.num_commits_since_checkpoint;
  impl->table_id = bridge::take(facts.table_id);
  impl->has_deletion_vectors = facts.has_deletion_vectors;
  impl->properties = TRY(parse_json(properties_text));
  const Json partition_columns = TRY(parse_json(partition_text));
  for (const Json& column : partition_columns) {
    impl->partition_columns.push_back(column.get<std::string>());
  }
  auto schema = from_spark_json(TRY(parse_json(schema_text)));
  if (!schema) return std::unexpected(std::move(schema).error().within("table " + impl->url));
  impl->schema = std::make_shared<const Schema>(*std::move(schema));
  return Snapshot(std::move(impl));
}

namespace {

Result<Snapshot> open_version(std::shared_ptr<Engine> engine, std::string_view url,
                              std::int64_t version) {
  std::string table_url = TRY(store::to_url(url));
  const InletEngine* handle = TRY(engine->get());
  InletSnapshot* snapshot = nullptr;
  TRY(bridge::call(inlet_bridge_snapshot_open, handle, bridge::lend(table_url), version,
                   &snapshot));
  return wrap(std::move(engine), std::move(table_url), snapshot);
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<Snapshot> Snapshot::open(std::shared_ptr<Engine> engine, std::string_view url) {
  return open_version(std::move(engine), url, -1);
}

Result<Snapshot> Snapshot::open_at(std::shared_ptr<Engine> engine, std::string_view url,
                                   std::int64_t version) {
  if (version < 0) return fail(ErrorKind::Config, format("a table has no version {}", version));
  return open_version(std::move(engine), url, version);
}

Result<Snapshot> Snapshot::create(std::shared_ptr<Engine> engine, std::string_view url,
                                  const Schema& schema, const TableSettings& settings) {
  TRY(validate(schema));
  std::string table_url = TRY(store::to_url(url));
  const InletEngine* handle = TRY(engine->get());
  const std::string schema_text = to_text(to_spark_json(schema));
  std::vector<InletOption> pairs;
  for (const auto& [name, value] : settings.properties)
    pairs.push_back({bridge::lend(name), bridge::lend(value)});
  if (settings.compatibility == Compatibility::Max) {
    pairs.push_back({bridge::lend("delta.enableDeletionVectors"), bridge::lend("false")});
  }
  std::vector<InletText> columns;
  for (const std::string& name : settings.partition_columns) columns.push_back(bridge::lend(name));
  InletSnapshot* snapshot = nullptr;
  TRY(bridge::call(inlet_bridge_table_create, handle, bridge::lend(table_url),
                   bridge::lend(schema_text), columns.data(), columns.size(), pairs.data(),
                   pairs.size(), &snapshot));
  return wrap(std::move(engine), std::move(table_url), snapshot);
}

Result<Snapshot> Snapshot::open_or_create(std::shared_ptr<Engine> engine, std::string_view url,
                                          const Schema& schema, const TableSettings& settings) {
  Result<Snapshot> opened = open(engine, url);
  if (opened || opened.error().kind != ErrorKind::NotFound) return opened;
  Result<Snapshot> created = create(engine, url, schema, settings);
  if (created) return created;
  // Another writer's, or our own with its answer lost.
  Result<Snapshot> present = open(std::move(engine), url);
  return present ? present : created;
}

Result<Snapshot> Snapshot::refresh() const {
  InletSnapshot* latest = nullptr;
  TRY(bridge::call(inlet_bridge_snapshot_refresh, impl_->handle.get(), &latest));
  return wrap(impl_->engine, impl_->url, latest);
}

const std::shared_ptr<Engine>& Snapshot::engine() const {
  return impl_->engine;
}
Result<Snapshot> Snapshot::at(std::int64_t version) const {
  return open_at(impl_->engine, impl_->url, version);
}

const std::string& Snapshot::url() const {
  return impl_->url;
}
std::int64_t Snapshot::version() const {
  return impl_->version;
}
const Schema& Snapshot::schema() const {
  return *impl_->schema;
}
const std::vector<std::string>& Snapshot::partition_columns() const {
  return impl_->partition_columns;
}
const std::string& Snapshot::table_id() const {
  return impl_->table_id;
}

bool Snapshot::has_deletion_vectors() const {
  return impl_->has_deletion_vectors;
}

std::optional<std::string> Snapshot::property(std::string_view name) const {
  const auto found = impl_->properties.find(name);
  if (found == impl_->properties.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

Result<std::optional<std::int64_t>> Snapshot::transaction_version(std::string_view app_id) const {
  bool is_found = false;
  std::int64_t version = 0;
  TRY(bridge::call(inlet_bridge_snapshot_transaction_version, impl_->handle.get(),
                   bridge::lend(app_id), &is_found, &version));
  return is_found ? std::optional(version) : std::nullopt;
}

std::uint64_t DataFile::live_bytes() const {
  if (num_dead == 0 || num_rows == 0) return size;
  const double live_share = 1.0 - static_cast<double>(num_dead) / static_cast<double>(num_rows);
  return static_cast<std::uint64_t>(static_cast<double>(size) * std::max(0.0, live_share));
}

Result<std::vector<DataFile>> Snapshot::files() const {
  std::vector<DataFile> files;
  const auto keep = [](void* context, const InletDataFile* file) {
    static_cast<std::vector<DataFile>*>(context)->push_back(
        {.path = std::string(bridge::view(file->path)),
         .size = file->size,
         .num_rows = file->num_rows,
         .num_dead = file->num_dead,
         .stats = std::string(bridge::view(file->stats)),
         .modified_ms = file->modified_ms,
         .deletion_vector = std::string(bridge::view(file->deletion_vector)),
         .partition = std::string(bridge::view(file->partition))});
  };
  TRY(bridge::call(inlet_bridge_snapshot_files, impl_->handle.get(), +keep,
                   static_cast<void*>(&files)));
  return files;
}

}  // namespace inlet::delta
