#include "inlet/rest/gate.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/hash.h"

namespace inlet::rest {
namespace {

using Order = CursorPlan::Order;

std::string pointer_of(const Schema& schema, std::string path) {
  if (!schema.index_of(path)) std::replace(path.begin(), path.end(), '.', '/');
  return "/" + path;
}

// JSON text of one value; a missing one is null.
Result<Json> json_of(std::string_view text) {
  if (text.empty()) return Json();
  const bool is_plain_text =
      text.size() >= 2 && text.front() == '"' && text.find('\\') == std::string_view::npos;
  if (is_plain_text) return Json(text.substr(1, text.size() - 2));
  return parse_json(text);
}

}  // namespace

Gate::Gate(const TablePlan& table, GateSettings settings)
    : table_(table), settings_(std::move(settings)), start_(settings_.start), state_(start_) {
  has_cursor_ = table.cursor.has_value() && settings_.has_memory;
  if (has_cursor_) {
    kind_ = table.cursor->kind;
    memory_ = std::max(settings_.lookback, table.cursor->margin);
  }
  const TableMetadata& metadata = table.spec->metadata;
  // A record that changed within the cursor's own resolution comes again with other content; an
  // append table has one row for each key whatever its content.
  compares_content_ =
      metadata.ingestion_type != IngestionType::Append || metadata.primary_keys.empty();
  const bool is_ascending =
      has_cursor_ && settings_.is_ordered && table.cursor->order == Order::Ascending;
  moves_at_end_ = !is_ascending;
  pointers_.push_back(has_cursor_ ? table.cursor->pointer : "/");
  for (const std::string& key : metadata.primary_keys) {
    pointers_.push_back(pointer_of(table.spec->schema, key));
  }
  num_keys_ = metadata.primary_keys.size();
  for (const auto* more : {&table.record_pointers, &settings_.pointers}) {
    pointers_.insert(pointers_.end(), more->begin(), more->end());
  }
}

Json Gate::begin_chain(const Clock& clock) {
  is_chain_finished_ = false;
  const auto reached = std::exchange(last_, std::nullopt);
  if (!has_cursor_) return Json::object();
  const CursorPlan& cursor = *table_.cursor;
  // Inside of a read nothing can arrive late: what is behind the cursor was there when it began.
  const bool is_fresh = moves_at_end_ || (is_first_chain_ && !start_.upper());
  from_ = is_first_chain_ || moves_at_end_ ? start_.greatest() : reached;
  if (from_) from_ = from_->minus(is_fresh ? memory_ : cursor.margin);
  is_first_chain_ = false;
  Json parameters = Json::object();
  const auto lower = from_ ? from_ : settings_.start_at;
  if (lower) parameters["from"] = lower->as_parameter(cursor.format);
  if (cursor.has_upper_bound && kind_ == CursorValue::Kind::Time) {
    if (!state_.upper()) state_.set_upper(CursorValue::at(clock.now()));
    parameters["to"] = state_.upper()->as_parameter(cursor.format);
  }
  return parameters;
}

bool Gate::has_moved_on() const {
  if (moves_at_end_ || !last_) return false;
  if (!from_) return true;
  const CursorPlan& cursor = *table_.cursor;
  const CursorValue next = last_->minus(cursor.margin);
  return next > *from_ && next.as_parameter(cursor.format) != from_->as_parameter(cursor.format);
}

CursorState Gate::final_state() const {
  CursorState state = state_;
  state.set_upper(std::nullopt);
  return state;
}

Result<std::size_t> Gate::pass(Answer& answer, const Environment& environment, const Clock& clock,
                               const Visit& visit) {
  if (has_cursor_ && kind_ == CursorValue::Kind::Time && !state_.upper()) {
    state_.set_upper(CursorValue::at(answer.date.value_or(clock.now())));
  }
  std::size_t num_records = 0;
  Page& page = answer.page;
  TRY(decode::scan_records(page, pointers_, [&](const decode::ScannedRecord& record) {
    ++num_records;
    return visit_record(record, environment, visit, page);
  }));
  return num_records - page.duplicates.size() - page.filtered.size();
}

Status Gate::visit_record(const decode::ScannedRecord& record, const Environment& environment,
                          const Visit& visit, Page& page) {
  Fate fate = Fate::Filtered;
  Seen seen;
  if (!is_stopped_ && !TRY(is_filtered(record, environment))) {
    seen = TRY(look_at(record));
    fate = TRY(judge(seen));
  }
  if (fate == Fate::Filtered) {
    page.filtered.push_back(record.position);
    return {};
  }
  if (fate == Fate::Duplicate) {
    page.duplicates.push_back(record.position);
    return {};
  }
  is_stopped_ = !TRY(visit(picked(record)));
  if (seen.value) state_.add(*seen.value, seen.fingerprint, memory_);
  return {};
}

Result<bool> Gate::is_filtered(const decode::ScannedRecord& record,
                               const Environment& environment) {
  if (!table_.filter) return false;
  PickedValues values;
  for (std::size_t i = 0; i < table_.record_pointers.size(); ++i) {
    values.emplace_back(table_.record_pointers[i], TRY(json_of(record.values[1 + num_keys_ + i])));
  }
  Environment with_record = environment;
  with_record.record = &values;
  const Json is_wanted = TRY(table_.filter->evaluate(with_record));
  return !is_wanted.is_boolean() || !is_wanted.get<bool>();
}

Result<Gate::Seen> Gate::look_at(const decode::ScannedRecord& record) const {
  Seen seen;
  if (!settings_.has_memory) return seen;
  std::uint64_t fingerprint_of_keys = 0;
  for (std::size_t i = 1; i <= num_keys_; ++i) {
    fingerprint_of_keys = hash_bytes(record.values[i], fingerprint_of_keys);
  }
  seen.fingerprint =
      compares_content_ ? hash_bytes(record.bytes, fingerprint_of_keys) : fingerprint_of_keys;
  if (!has_cursor_) {
    seen.value = CursorValue();  // all records stand at one value: their keys alone tell
    return seen;
  }
  const Json value = TRY(json_of(record.values[0]));
  if (value.is_null()) return seen;
  seen.value = TRY(CursorValue::from_json(value, kind_, table_.cursor->format));
  return seen;
}

Result<Gate::Fate> Gate::judge(const Seen& seen) {
  if (!seen.value) return Fate::Pass;
  if (has_cursor_) {
    const Fate fate = TRY(judge_by_time(*seen.value));
    if (fate != Fate::Pass) return fate;
  }
  const bool is_known = state_.has_seen(*seen.value, seen.fingerprint) ||
                        start_.has_seen(*seen.value, seen.fingerprint);
  return is_known ? Fate::Duplicate : Fate::Pass;
}

Result<Gate::Fate> Gate::judge_by_time(const CursorValue& value) {
  const Order order = table_.cursor->order;
  if (order == Order::Ascending && last_ && value < *last_) {
    return fail(ErrorKind::Config,
                format("table {}: the records are not in ascending order of {} ({} after {}); "
                       "declare order: unsorted",
                       table_.spec->name, *table_.spec->metadata.cursor_field, value.canonical(),
                       last_->canonical()));
  }
  if (!last_ || value > *last_) last_ = value;
  if (state_.upper() && value > *state_.upper()) {
    is_chain_finished_ = is_chain_finished_ || order == Order::Ascending;
    return Fate::Filtered;
  }
  const bool is_old = from_ && value < *from_;
  const bool is_too_old = !from_ && settings_.start_at && value < *settings_.start_at;
  if ((is_old || is_too_old) && order == Order::Descending) is_chain_finished_ = true;
  if (is_too_old) return Fate::Filtered;
  return is_old ? Fate::Duplicate : Fate::Pass;
}

PickedValues Gate::picked(const decode::ScannedRecord& record) const {
  PickedValues values;
  const std::size_t first = 1 + num_keys_ + table_.record_pointers.size();
  for (std::size_t i = 0; i < settings_.pointers.size(); ++i) {
    auto value = json_of(record.values[first + i]);
    values.emplace_back(settings_.pointers[i], value ? *std::move(value) : Json());
  }
  return values;
}

}  // namespace inlet::rest
