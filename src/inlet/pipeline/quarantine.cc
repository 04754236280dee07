#include "inlet/pipeline/quarantine.h"

#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"
#include "inlet/pipeline/commit_loop.h"

namespace inlet::pipeline {
namespace {

const std::shared_ptr<const Schema>& schema() {
  static const auto kSchema = std::make_shared<const Schema>(Schema{{
      {"id", {TypeKind::String}, false, "Hash of object, origin and bytes: a record is kept once."},
      {"object", {TypeKind::String}, true, "The pipeline object that fetched it."},
      {"reason", {TypeKind::String}, true, "Why it could not become a row."},
      {"record", {TypeKind::Binary}, true, "The record's bytes as the source sent them."},
      {"url", {TypeKind::String}, true, "Where it came from, without secrets."},
      {"request_id", {TypeKind::String}, true, "The server's own id of the answer."},
      {"byte_offset", {TypeKind::Long}, true, "Where its page began in the source."},
      {"position", {TypeKind::Long}, true, "Its position in the page, from 0."},
      {"fetched_at", {TypeKind::Timestamp}, true, "When the page was fetched."},
      {"quarantined_at", {TypeKind::Timestamp}, true, "When it was refused."},
      {"run_id", {TypeKind::String}, true, "The run that refused it."},
  }});
  return kSchema;
}

// The columns that make a record the same record when it is fetched again.
const std::vector<std::string> kIdentity = {"object", "record", "url", "byte_offset", "position"};

}  // namespace

Quarantine::Quarantine(std::shared_ptr<delta::Engine> engine, std::string url, std::string app_id,
                       delta::Compatibility compatibility)
    : engine_(std::move(engine)),
      url_(std::move(url)),
      app_id_(std::move(app_id)),
      compatibility_(compatibility) {}

void Quarantine::add(decode::BadRecord record, const Origin& origin) {
  held_bytes_ += record.bytes.size() + record.reason.size() + origin.url.size() + sizeof(Held);
  held_.push_back({.record = std::move(record), .origin = origin});
}

Result<Batch> Quarantine::build(std::string_view run_id, Timestamp now) const {
  const auto micros = [](Timestamp time) { return time.time_since_epoch().count(); };
  const auto fill = [&](const std::vector<std::string>& ids) {
    BatchBuilder builder(schema());
    for (std::size_t row = 0; row < held_.size(); ++row) {
      const auto& [record, origin] = held_[row];
      builder.column(0).append_bytes(ids.empty() ? "" : ids[row]);
      builder.column(1).append_bytes(app_id_);
      builder.column(2).append_bytes(record.reason);
      builder.column(3).append_bytes(record.bytes);
      builder.column(4).append_bytes(origin.url);
      builder.column(5).append_bytes(origin.request_id);
      builder.column(6).append_int64(static_cast<std::int64_t>(origin.byte_offset));
      builder.column(7).append_int64(record.position);
      builder.column(8).append_int64(micros(origin.fetched_at));
      builder.column(9).append_int64(micros(now));
      builder.column(10).append_bytes(run_id);
    }
    return builder.finish();
  };
  const Batch without_ids = fill({});
  std::vector<std::string> ids;
  RowHasher row_hash(without_ids, kIdentity);
  for (std::size_t row = 0; row < held_.size(); ++row) {
    const RowHash hash = row_hash(row);
    ids.push_back(format("{:016x}{:016x}", hash.high, hash.low));
  }
  return fill(ids);
}

Status Quarantine::commit(std::string_view run_id, const Clock& clock) {
  if (held_.empty()) return {};
  const delta::Snapshot table = TRY(
      delta::Snapshot::open_or_create(engine_, url_, *schema(), {.compatibility = compatibility_}));
  const auto applier = apply::make_first_only(index::make_probe({"id"}, {}), {"id"});
  TRY(applier->add(TRY(build(run_id, clock.now()))));
  TRY(commit_with_retries(clock, table, [&](const delta::Snapshot& base) -> Result<delta::Edit> {
    return TRY(applier->prepare(base)).edit;
  }));
  held_.clear();
  held_bytes_ = 0;
  return {};
}

}  // namespace inlet::pipeline
