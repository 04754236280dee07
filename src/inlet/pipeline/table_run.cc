#include "inlet/pipeline/table_run.h"

#include <algorithm>
#include <utility>

#include "inlet/apply/partitioned.h"
#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/empty_texts.h"
#include "inlet/pipeline/commit_loop.h"
#include "inlet/pipeline/open_table.h"
#include "inlet/pipeline/page_flow.h"

namespace inlet::pipeline {
namespace {

// Shares of the memory that one table may use.
constexpr std::size_t kPageShare = 8;
constexpr std::size_t kBatchShare = 4;
constexpr std::size_t kHeldShare = 4;
constexpr std::size_t kIndexShare = 8;
// Queues only level out what comes unevenly; more than this is memory touched for nothing.
constexpr std::size_t kMaxPageQueue = 16 << 20;
constexpr std::size_t kMaxBatchQueue = 32 << 20;
constexpr std::uint64_t kMaxGroupBytes = 4 << 20;
constexpr std::uint64_t kLeastRecordBytes = 16;
constexpr std::uint64_t kCommitRows = 1'000'000;
constexpr std::uint64_t kNoLimit = UINT64_MAX;
constexpr std::chrono::seconds kCommitInterval{60};
// Where the clock asks for commits that write files again, they take a fifth of a run at most.
constexpr int kCommitPause = 4;

void add_counts(TableReport& report, const TableReport& counts) {
  report.fetched += counts.fetched;
  report.committed += counts.committed;
  report.unchanged += counts.unchanged;
  report.deduplicated += counts.deduplicated;
  report.quarantined += counts.quarantined;
  report.filtered += counts.filtered;
  report.deleted += counts.deleted;
  report.rescued += counts.rescued;
  report.repeated_members += counts.repeated_members;
  report.truncated_times += counts.truncated_times;
  report.pages += counts.pages;
  report.page_bytes += counts.page_bytes;
}

// Pages are only decoded together as far as one commit may hold them.
std::uint64_t group_bytes_of(const RunOptions& options) {
  const std::uint64_t num_rows =
      std::min(options.commit_rows.value_or(kCommitRows), kMaxGroupBytes);
  return std::min<std::uint64_t>(num_rows * kLeastRecordBytes, kMaxGroupBytes);
}

std::uint64_t memory_of(const RunOptions& options) {
  return options.max_memory_bytes / std::max(1U, options.num_parallel_tables);
}

}  // namespace

TableRun::TableRun(const TableRunContext& context, const TableObject& object, TableTarget target,
                   Source& source, bool is_full_refresh)
    : context_(context),
      object_(object),
      target_(std::move(target)),
      source_(source),
      is_full_refresh_(is_full_refresh),
      offset_log_(context.store, target_.app_id),
      engine_(delta::make_engine(context.options.store_options, context.options.num_threads)),
      quarantine_(engine_, target_.url + "_quarantine", target_.app_id, compatibility_of(object)),
      care_({.clock = context.clock,
             .log = context.log,
             .store = context.store,
             .turn = context.upkeep_turn,
             .sort_memory_bytes = memory_of(context.options) / kHeldShare},
            object) {}

Status TableRun::run(TableReport& report, std::stop_token stop) {
  report_ = &report;
  report.url = target_.url;
  TRY(open_table());
  report.offset_before = report.offset_after = committed_.offset;
  const Status outcome = read(std::move(stop));
  if (outcome) rest();
  publish(true);
  return outcome;
}

Status TableRun::open_table() {
  OpenTable opened = TRY(pipeline::open_table(context_.clock, engine_, object_, target_));
  table_ = std::move(opened.table);
  decode_schema_ = std::move(opened.decode_schema);
  report_->version_before = opened.version_before;
  report_->version_after = table_->version();
  report_->added_columns = std::move(opened.added_columns);
  committed_ = TRY(offset_log_.find(*table_));
  if (is_full_refresh_) TRY(forget_rows());
  index::IndexOptions index{.max_memory_bytes = memory_of(context_.options) / kIndexShare,
                            .num_threads = std::max(1U, context_.options.num_threads)};
  if (!context_.options.cache_folder.empty()) {
    index.folder = context_.options.cache_folder + "/index";
  }
  applier_ = target_.make_applier(*table_, index, [this] { step(Step::AuxiliaryCommit); });
  if (rewrites_files()) let_changes_wait();
  return {};
}

// A commit costs the files that hold the keys, and not only what changed in them.
bool TableRun::rewrites_files() const {
  const bool replaces_rows = target_.mode == Mode::Upsert || target_.mode == Mode::History;
  return replaces_rows && !table_->has_deletion_vectors();
}

void TableRun::let_changes_wait() {
  apply::PartitionedOptions options{.max_held_bytes =
                                        memory_of(context_.options) / kHeldShare * 3 / 4};
  options.on_scratch_failure = [this](const Error& error) {
    context_.log.warn(
        "changes cannot wait on local disk, so commits that write files again come more often",
        {{"table", report_->table}, {"error", error.message}});
  };
  applier_ = apply::make_partitioned(std::move(applier_), {target_.keys, target_.sequence}, *table_,
                                     std::move(options));
}

// A full refresh begins with an empty table at the empty offset, in one commit: a run that is
// killed after it goes on from there.
Status TableRun::forget_rows() {
  TRY(target_.auxiliary_of(*table_, {}).remove_rows());
  const CommittedOffset next{.version = committed_.version + 1};
  table_ = TRY(commit_with_retries(
      context_.clock, *table_, [&](const delta::Snapshot& base) -> Result<delta::Edit> {
        delta::Edit edit{.operation = delta::Operation::Delete,
                         .app_id = target_.app_id,
                         .app_version = next.version,
                         .user_metadata = offset_log_.metadata(next, context_.run_id)};
        for (const delta::DataFile& file : TRY(base.files())) edit.remove.push_back(file.path);
        return edit;
      }));
  committed_ = next;
  return copy_offset();
}

Status TableRun::copy_offset() {
  return offset_log_.copy(*table_, committed_);
}

Status TableRun::read(std::stop_token stop) {
  const Offset start = target_.mode == Mode::Snapshot ? Offset{} : committed_.offset;
  offset_ = committed_.offset;
  last_commit_ = context_.clock.steady();
  kind_ = apply::ChangeKind::Upsert;
  if (!target_.has_delete_flow) return finish(TRY(read_flow(start, std::move(stop))));
  // Two reads with an offset each; which comes first does not matter, the sequence decides.
  flow_offsets_ = FlowOffsets::split(start);
  flow_offsets_.upserts = TRY(read_flow(flow_offsets_.upserts, stop));
  TRY(joiner_.flush());
  kind_ = apply::ChangeKind::Delete;
  flow_offsets_.deletes = TRY(read_flow(flow_offsets_.deletes, std::move(stop)));
  return finish(flow_offsets_.join());
}

Result<Offset> TableRun::read_flow(const Offset& start, std::stop_token stop) {
  const std::uint64_t memory = memory_of(context_.options);
  const bool is_delete = kind_ == apply::ChangeKind::Delete;
  ReadRequest request{.table = {.table = object_.source_table, .options = object_.source_options},
                      .start = start};
  PageFlow flow(
      {.start = start,
       .page_queue_bytes = std::min<std::uint64_t>(memory / kPageShare, kMaxPageQueue),
       .batch_queue_bytes = std::min<std::uint64_t>(memory / kBatchShare, kMaxBatchQueue),
       .group_bytes = group_bytes_of(context_.options),
       .num_decoders = std::max(1U, context_.options.num_threads)},
      [this, request, is_delete](RecordSink& sink, std::stop_token read_stop) mutable {
        request.stop = std::move(read_stop);
        return is_delete ? source_.read_table_deletes(request, sink)
                         : source_.read_table(request, sink);
      },
      [this, is_delete] {
        decode::DecodeOptions decoding;
        decoding.policy = object_.coercion;
        decoding.keys = target_.keys;
        decoding.has_rescued_column = !is_delete;
        return decode::make_decoder(is_delete ? target_.delete_schema() : decode_schema_,
                                    std::move(decoding));
      },
      [this](Step step) { this->step(step); }, stop);
  while (true) {
    Result<std::optional<FlowItem>> item = flow.next();
    if (!item) {
      const bool is_worth_keeping =
          item.error().kind != ErrorKind::Cancelled && may_commit() && pending_.fetched > 0;
      if (is_worth_keeping) TRY(commit(offset_));
      return std::unexpected(std::move(item).error());
    }
    if (!item->has_value()) break;
    TRY(take(std::move(**item)));
    if (is_commit_due()) TRY(commit(offset_));
  }
  return flow.end_offset();
}

Status TableRun::take(FlowItem item) {
  decode::DecodedPage& decoded = item.decoded;
  num_fetched_ += decoded.num_records;
  pending_.fetched += decoded.num_records;
  pending_.deduplicated += decoded.num_duplicates;
  pending_.filtered += decoded.num_filtered;
  pending_.quarantined += item.refused.size();
  pending_.rescued += decoded.num_rescued;
  pending_.repeated_members += decoded.num_repeated_members;
  pending_.truncated_times += decoded.num_truncated_times;
  pending_.pages += item.num_pages;
  pending_.page_bytes += item.page_bytes;
  is_mid_air_ = item.is_mid_air;
  offset_ = offset_at(std::move(item.offset));
  for (RefusedRecord& refused : item.refused) {
    quarantine_.add(std::move(refused.record), refused.origin);
  }
  TRY(joiner_.add(std::move(decoded.batch)));
  publish(false);
  return {};
}

// The offset of the whole table when the flow that is read now stands at `of_flow`.
Offset TableRun::offset_at(Offset of_flow) {
  if (!target_.has_delete_flow) return of_flow;
  const bool is_delete = kind_ == apply::ChangeKind::Delete;
  (is_delete ? flow_offsets_.deletes : flow_offsets_.upserts) = std::move(of_flow);
  return flow_offsets_.join();
}

// Rows that the spec's condition calls deletes are given as such. Between the kinds the order of
// coming does not matter.
Status TableRun::change(Batch rows) {
  rows = null_for_empty_texts(std::move(rows), table_->partition_columns());
  if (kind_ == apply::ChangeKind::Delete || target_.is_delete == nullptr) {
    return applier_->add(std::move(rows), kind_);
  }
  const std::vector<std::uint32_t> deletes = target_.is_delete->matches(rows);
  if (deletes.empty()) return applier_->add(std::move(rows));
  BatchBuilder kept(rows.shared_schema());
  BatchBuilder deleted(rows.shared_schema());
  std::size_t next = 0;
  for (const std::uint32_t row : deletes) {
    kept.append(rows, next, row - next);
    deleted.append(rows, row, 1);
    next = row + 1;
  }
  kept.append(rows, next, rows.num_rows() - next);
  if (kept.num_rows() > 0) TRY(applier_->add(kept.finish()));
  return applier_->add(deleted.finish(), apply::ChangeKind::Delete);
}

// A snapshot is one commit. Appended rows may only be committed together with a new offset: at the
// old one they would come again after a crash.
bool TableRun::may_commit() const {
  switch (target_.mode) {
    case Mode::Snapshot: return false;
    case Mode::Append: return !is_mid_air_ && offset_ != committed_.offset;
    case Mode::AppendByKey:
    case Mode::Upsert:
    case Mode::History: return true;
  }
  return false;
}

bool TableRun::is_commit_due() const {
  if (!may_commit()) return false;
  const std::uint64_t budget = memory_of(context_.options) / kHeldShare;
  const bool is_heavy =
      target_.mode != Mode::Append &&
      joiner_.num_bytes() + applier_->held_bytes() + quarantine_.held_bytes() > budget;
  return is_heavy || quarantine_.held_bytes() > budget || is_long_ago();
}

// Where a commit writes files again, the applier knows better than a number of rows how many
// changes it should bring. What the user says holds.
bool TableRun::is_long_ago() const {
  const RunOptions& options = context_.options;
  const std::uint64_t most_rows = rewrites_files() ? kNoLimit : kCommitRows;
  if (pending_.fetched >= options.commit_rows.value_or(most_rows)) return true;
  std::chrono::nanoseconds pause = kCommitInterval;
  if (rewrites_files()) pause = std::max(pause, kCommitPause * commit_took_);
  if (options.commit_interval) pause = *options.commit_interval;
  return context_.clock.steady() - last_commit_ >= pause;
}

Status TableRun::commit(const Offset& offset) {
  const std::chrono::nanoseconds begin = context_.clock.steady();
  TRY(joiner_.flush());
  TRY(quarantine_.commit(context_.run_id, context_.clock));
  if (pending_.quarantined > 0) report_->quarantine_url = quarantine_.url();

  const CommittedOffset next{.version = committed_.version + 1, .offset = offset};
  const bool is_change = TRY(commit_edit(next));
  add_counts(*report_, std::exchange(pending_, {}));
  // Before upkeep may merge them away: the applier's index knows the keys of the files just
  // written.
  applier_->clear(*table_);
  last_commit_ = context_.clock.steady();
  commit_took_ = last_commit_ - begin;
  if (!is_change) return {};

  committed_ = next;
  report_->commits += 1;
  report_->version_after = table_->version();
  report_->offset_after = committed_.offset;
  step(Step::BeforeOffsetCopy);
  TRY(copy_offset());
  context_.log.info("committed", {{"version", std::to_string(table_->version())},
                                  {"rows", std::to_string(report_->committed)}});
  table_ = care_.tend(*std::move(table_));
  report_->version_after = table_->version();
  return {};
}

Result<bool> TableRun::commit_edit(const CommittedOffset& next) {
  step(Step::BeforeDataFile);
  bool is_retry = false;
  bool is_change = false;
  std::uint64_t num_superseded = 0;
  std::uint64_t num_bytes = 0;
  const auto plan = [&](const delta::Snapshot& base) -> Result<delta::Edit> {
    if (std::exchange(is_retry, true)) {
      const auto stored = TRY(base.transaction_version(target_.app_id));
      if (stored.value_or(0) >= next.version) {
        return fail(ErrorKind::Conflict,
                    "another run of this object is writing the table; let one of them finish");
      }
    }
    auto [edit, counts] = TRY(applier_->prepare(base));
    pending_.committed = counts.num_committed;
    pending_.unchanged = counts.num_unchanged;
    pending_.deleted = counts.num_deleted;
    num_superseded = counts.num_deduplicated;
    num_bytes = 0;
    for (const delta::StagedFile& file : edit.add) num_bytes += file.size;
    is_change = !edit.add.empty() || !edit.delete_rows.empty() || next.offset != committed_.offset;
    if (!is_change) return delta::Edit{};
    edit.app_id = target_.app_id;
    edit.app_version = next.version;
    edit.user_metadata = offset_log_.metadata(next, context_.run_id);
    step(Step::BeforeCommit);
    return std::move(edit);
  };
  table_ = TRY(commit_with_retries(context_.clock, *table_, plan));
  pending_.deduplicated += num_superseded;
  written_bytes_ += num_bytes;
  step(Step::AfterCommit);
  return is_change;
}

Status TableRun::finish(const Offset& end) {
  if (target_.mode == Mode::Snapshot) {
    const bool would_empty =
        num_fetched_ == 0 && !object_.allow_empty_snapshot && !TRY(table_->files()).empty();
    if (would_empty) {
      return fail(
          ErrorKind::Config,
          "the source sent an empty snapshot, which would empty the table; if that is right, "
          "set allow_empty_snapshot: true");
    }
    return commit(committed_.offset);
  }
  const bool has_cursor = target_.metadata.cursor_field.has_value();
  const bool is_stuck =
      end == report_->offset_before && num_fetched_ > 0 && pending_.fetched > pending_.deduplicated;
  if (has_cursor && is_stuck) {
    return fail(
        ErrorKind::Config,
        format("the source sent {} records and no new offset (it stays at {}): its cursor does not "
               "advance, and every run would read the same again",
               num_fetched_, end.to_text()));
  }
  const bool is_news = pending_.fetched > 0 || end != committed_.offset;
  return is_news ? commit(end) : Status{};
}

// What was put off while rows were waiting.
void TableRun::rest() {
  if (!report_->quarantine_url.empty()) care_.tend_beside(engine_, report_->quarantine_url);
  if (report_->commits == 0) return;
  table_ = care_.tend_at_rest(*std::move(table_), written_bytes_);
  report_->version_after = table_->version();
  if (target_.mode == Mode::Upsert || target_.mode == Mode::History) {
    care_.tend_beside(engine_, target_.auxiliary_of(*table_, {}).url());
  }
}

void TableRun::publish(bool is_done) const {
  context_.observer.on_progress({.table = report_->table,
                                 .fetched = report_->fetched + pending_.fetched,
                                 .committed = report_->committed,
                                 .page_bytes = report_->page_bytes + pending_.page_bytes,
                                 .requests_left = source_.counts().requests_left,
                                 .is_done = is_done});
}

}  // namespace inlet::pipeline
