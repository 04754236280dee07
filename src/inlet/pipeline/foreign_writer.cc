#include "inlet/pipeline/foreign_writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/commit_loop.h"
#include "inlet/pipeline/flow_offsets.h"
#include "inlet/pipeline/open_table.h"
#include "inlet/pipeline/quarantine.h"

namespace inlet::pipeline {
ForeignWriter::ForeignWriter(const RunOptions& options, const RunContext& context,
                             TableObject object, TableTarget target)
    : clock_(&context.clock),
      object_(std::move(object)),
      target_(std::move(target)),
      engine_(delta::make_engine(options.store_options, 1)),
      store_(store::make_store(options.store_options)),
      offset_log_(*store_, target_.app_id) {}

Result<ForeignWriter> ForeignWriter::open(std::string_view connection, TableObject object,
                                          const RunOptions& options, const RunContext& context) {
  auto opened = TRY(OpenSource::open(connection, context, options.store_options));
  const std::string warehouse = TRY(store::to_url(options.warehouse));
  auto target = TRY(resolve_target(object, warehouse, opened));
  ForeignWriter writer(options, context, std::move(object), std::move(target));
  TRY(writer.open_table());
  return writer;
}

Status ForeignWriter::open_table() {
  OpenTable opened = TRY(pipeline::open_table(*clock_, engine_, object_, target_));
  table_ = std::move(opened.table);
  decode_schema_ = std::move(opened.decode_schema);
  committed_ = TRY(offset_log_.find(*table_));
  auxiliary_ = target_.auxiliary_of(*table_, {});
  report_ = {.table = object_.display_name(),
             .source_table = object_.source_table,
             .url = target_.url,
             .added_columns = std::move(opened.added_columns),
             .offset_before = committed_.offset,
             .offset_after = committed_.offset,
             .version_before = opened.version_before,
             .version_after = table_->version()};
  return {};
}

std::vector<Offset> ForeignWriter::starts() const {
  // A snapshot is read as a whole.
  if (target_.mode == Mode::Snapshot) return {Offset()};
  if (!target_.has_delete_flow) return {committed_.offset};
  FlowOffsets flows = FlowOffsets::split(committed_.offset);
  return {std::move(flows.upserts), std::move(flows.deletes)};
}

Offset ForeignWriter::offset_at(const std::vector<Offset>& flows) const {
  if (target_.mode == Mode::Snapshot) return committed_.offset;
  if (flows.size() < 2) return flows.front();
  return FlowOffsets{.upserts = flows[0], .deletes = flows[1]}.join();
}

Result<ForeignTables> ForeignWriter::look() {
  table_ = TRY(table_->refresh());
  ForeignTables tables{.version = table_->version()};
  for (const delta::DataFile& file : TRY(table_->files())) {
    ++tables.num_files;
    tables.num_bytes += file.size;
  }
  auxiliary_->forget();
  if (const auto auxiliary = TRY(auxiliary_->open())) {
    tables.auxiliary_version = auxiliary->version();
  }
  return tables;
}

Status ForeignWriter::make_auxiliary() {
  auxiliary_->forget();
  TRY(auxiliary_->open_or_create());
  if (target_.mode != Mode::History) return {};
  std::vector<Field> columns = table_->schema().fields;
  std::erase_if(columns, [](const Field& column) {
    return column.name == apply::kStartAt || column.name == apply::kEndAt;
  });
  TRY(auxiliary_->add_missing(columns));
  return {};
}

std::string ForeignWriter::metadata(const Offset& next, std::string_view run_id) const {
  return offset_log_.metadata({.version = committed_.version + 1, .offset = next}, run_id);
}

Status ForeignWriter::settle(const Offset& next, std::string_view run_id) {
  table_ = TRY(table_->refresh());
  const std::int64_t before = committed_.version;
  std::int64_t version = TRY(table_->transaction_version(target_.app_id)).value_or(0);
  if (version == before) {
    if (next == committed_.offset) return {};
    table_ = TRY(
        commit_with_retries(*clock_, *table_, [&](const delta::Snapshot&) -> Result<delta::Edit> {
          return delta::Edit{.app_id = target_.app_id,
                             .app_version = before + 1,
                             .user_metadata = metadata(next, run_id)};
        }));
    version = before + 1;
  }
  const bool is_ours =
      version == before + 1 && TRY(offset_log_.was_written_by(*table_, version, run_id));
  if (!is_ours) {
    return fail(ErrorKind::Conflict,
                format("{}: another run of this object is writing the table; let one of them "
                       "finish",
                       target_.url));
  }
  committed_ = {.version = version, .offset = next};
  report_.commits += 1;
  report_.offset_after = next;
  report_.version_after = table_->version();
  return offset_log_.copy(*table_, committed_);
}

void ForeignWriter::continue_report(TableReport earlier) {
  std::ranges::copy(report_.added_columns, std::back_inserter(earlier.added_columns));
  earlier.offset_after = committed_.offset;
  earlier.version_after = table_->version();
  report_ = std::move(earlier);
}

void ForeignWriter::count(const apply::Counts& counts) {
  report_.fetched += counts.num_committed + counts.num_unchanged + counts.num_deduplicated;
  report_.committed += counts.num_committed;
  report_.unchanged += counts.num_unchanged;
  report_.deduplicated += counts.num_deduplicated;
  report_.deleted += counts.num_deleted;
}

Status ForeignWriter::quarantine(std::vector<RefusedRecord> records, std::string_view run_id) {
  Quarantine quarantine(engine_, target_.url + "_quarantine", target_.app_id,
                        compatibility_of(object_));
  report_.fetched += records.size();
  report_.quarantined += records.size();
  if (!records.empty()) report_.quarantine_url = quarantine.url();
  for (RefusedRecord& one : records) quarantine.add(std::move(one.record), one.origin);
  return quarantine.commit(run_id, *clock_);
}

}  // namespace inlet::pipeline
