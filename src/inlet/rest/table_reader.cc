#include "inlet/rest/table_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "inlet/base/try.h"

namespace inlet::rest {
namespace {

constexpr const char* kParent = "parent";

// Options that the engine adds to every table: a child's are not its parent's.
constexpr std::array<std::string_view, 5> kEngineOptions = {"page_size", "max_records", "start_at",
                                                            "lookback", "anchor_every"};

bool is_same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

}  // namespace

TableReader::TableReader(const ApiPlan& api, ApiClient& client, const Clock& clock,
                         const TablePlan& table, const ReadRequest& request, RecordSink& sink)
    : api_(api),
      client_(client),
      clock_(clock),
      table_(table),
      request_(request),
      outlet_(sink, table.spec->metadata.ingestion_type == IngestionType::Snapshot
                        ? Offset()
                        : request.start) {}

Result<Offset> TableReader::run() {
  TRY(prepare());
  const bool was_resumed = start_.upper().has_value();
  auto end = read_once();
  // A read that was cut short ends where it was to end; what came since is read behind it.
  if (end && was_resumed && !is_stopped_) {
    outlet_.move_to(*end);
    start_ = TRY(state_of(*end));
    end = read_once();
  }
  if (!end) {
    if (end.error().kind != ErrorKind::Cancelled) TRY(outlet_.flush());
    return end;
  }
  // Parents that have no rows were visited all the same: the offset says so, lest each read visits
  // them again. A table's own cursor has not moved when nothing came.
  if (outlet_.is_untouched() && mode_ == Mode::Own) return request_.start;
  TRY(outlet_.finish(*end));
  return end;
}

Status TableReader::prepare() {
  auto options =
      TRY(Options::make(table_.options, request_.table.options, "table " + table_.spec->name));
  if (options.has("max_records")) cap_ = TRY(options.integer("max_records"));
  read_.emplace(TableRead{client_, clock_, table_, std::move(options), request_.stop});
  TRY(add_ancestors(table_));
  if (table_.spec->metadata.ingestion_type == IngestionType::Snapshot) {
    return {};
  }
  mode_ = api_.follows_parent(table_) ? Mode::OfParent : Mode::Own;
  start_ = TRY(state_of(request_.start));
  return {};
}

Result<CursorState> TableReader::state_of(const Offset& offset) const {
  const Json& json = offset.json();
  if (mode_ == Mode::OfParent) {
    return CursorState::from_json(json.value(kParent, Json::object()),
                                  ancestors_.front().table->cursor->kind);
  }
  const auto kind = table_.cursor ? table_.cursor->kind : CursorValue::Kind::Text;
  return CursorState::from_json(json, kind);
}

Status TableReader::add_ancestors(const TablePlan& table) {
  if (!table.parent) return {};
  Ancestor ancestor{&*table.parent, nullptr, std::nullopt};
  if (!table.parent->table.empty()) {
    ancestor.table = TRY(api_.find_table(table.parent->table));
    ancestor.read.emplace(TableRead{client_, clock_, *ancestor.table,
                                    TRY(options_for(*ancestor.table)), request_.stop});
  }
  ancestors_.push_front(std::move(ancestor));
  return ancestors_.front().table == nullptr ? Status{} : add_ancestors(*ancestors_.front().table);
}

// What the user gave for the child, as far as the parent knows it.
Result<Options> TableReader::options_for(const TablePlan& table) const {
  std::map<std::string, std::string> given;
  for (const auto& [name, value] : request_.table.options) {
    const auto is_it = [&name = name](std::string_view other) { return is_same_name(name, other); };
    const bool is_known = std::any_of(table.options.begin(), table.options.end(),
                                      [&](const OptionSpec& spec) { return is_it(spec.name); });
    const bool is_engines = std::any_of(kEngineOptions.begin(), kEngineOptions.end(), is_it);
    if (is_known && !is_engines) given.emplace(name, value);
  }
  return Options::make(table.options, given, "table " + table.spec->name);
}

Result<Gate> TableReader::make_gate(const TablePlan& table, const TableRead& read, bool has_memory,
                                    std::vector<std::string> pointers) const {
  GateSettings settings{.has_memory = has_memory, .pointers = std::move(pointers)};
  if (has_memory) settings.start = start_;
  settings.is_ordered = !table.parent;
  if (has_memory && read.options.has("lookback")) {
    settings.lookback = TRY(read.options.duration("lookback"));
  }
  if (has_memory && read.options.has("start_at")) {
    const auto start = CursorValue::parse_time(TRY(read.options.text("start_at")));
    if (!start) return fail(ErrorKind::Config, "option start_at: " + start.error().message);
    settings.start_at = *start;
  }
  return Gate(table, std::move(settings));
}

Offset TableReader::offset_of(const CursorState& state) const {
  Json json = state.to_json();
  if (mode_ == Mode::OfParent && !json.empty()) json = {{kParent, std::move(json)}};
  const auto offset = Offset::make(std::move(json));
  return offset ? *offset : Offset();
}

Result<Offset> TableReader::read_once() {
  const Environment environment{.connection = &client_.connection(), .now = clock_.now()};
  Gate gate = TRY(make_gate(table_, *read_, mode_ == Mode::Own, {}));
  TRY(visit_parents(0, environment, [&](const Environment& parents) -> Result<bool> {
    TRY(deliver_table(parents, gate));
    return !is_full();
  }));
  if (mode_ == Mode::Whole) return Offset();
  if (mode_ == Mode::OfParent) return offset_of(end_.value_or(start_));
  is_stopped_ = gate.is_stopped();
  return offset_of(is_stopped_ ? gate.state() : gate.final_state());
}

Status TableReader::visit_parents(std::size_t level, const Environment& environment,
                                  const Deliver& deliver) {
  if (level == ancestors_.size()) {
    is_stopped_ = !TRY(deliver(environment)) || is_stopped_;
    return {};
  }
  const Ancestor& ancestor = ancestors_[level];
  if (ancestor.table == nullptr) return visit_list(ancestor, level, environment, deliver);
  return visit_table(ancestor, level, environment, deliver);
}

Status TableReader::visit_list(const Ancestor& ancestor, std::size_t level,
                               const Environment& environment, const Deliver& deliver) {
  const std::string& option = ancestor.plan->option;
  const Options& options = read_->options.has(option) ? read_->options : client_.connection();
  for (const std::string& item : TRY(options.list(option))) {
    const bool goes_on = TRY(visit_record(ancestor, level, environment, {{"", item}}, deliver));
    if (!goes_on) break;
  }
  return {};
}

Status TableReader::visit_table(const Ancestor& ancestor, std::size_t level,
                                const Environment& environment, const Deliver& deliver) {
  const bool is_counted = mode_ == Mode::OfParent && level == 0;
  Gate gate = TRY(make_gate(*ancestor.table, *ancestor.read, is_counted, ancestor.plan->pointers));
  TRY(follow(*ancestor.read, environment, gate,
             [&](Answer& answer, const Environment& inside) -> Status {
               TRY(gate.pass(answer, inside, clock_, [&](const PickedValues& values) {
                 if (is_counted) outlet_.move_to(offset_of(gate.state()));
                 return visit_record(ancestor, level, environment, values, deliver);
               }));
               if (is_counted) outlet_.move_to(offset_of(gate.state()));
               return {};
             }));
  if (is_counted) end_ = gate.is_stopped() ? gate.state() : gate.final_state();
  return {};
}

Result<bool> TableReader::visit_record(const Ancestor& ancestor, std::size_t level,
                                       Environment environment, const PickedValues& values,
                                       const Deliver& deliver) {
  environment.parents.emplace_back(ancestor.plan->alias, values);
  if (ancestor.plan->where) {
    environment.options = &read_->options;
    const Json is_wanted = TRY(ancestor.plan->where->evaluate(environment));
    if (!is_wanted.is_boolean() || !is_wanted.get<bool>()) return true;
  }
  TRY(visit_parents(level + 1, environment, deliver));
  return !is_stopped_;
}

Status TableReader::deliver_table(const Environment& environment, Gate& gate) {
  return follow(
      *read_, environment, gate, [&](Answer& answer, const Environment& inside) -> Status {
        const std::size_t num_passed =
            TRY(gate.pass(answer, inside, clock_, [&](const PickedValues&) -> Result<bool> {
              ++num_passed_;
              return mode_ != Mode::Own || !is_full();
            }));
        if (num_passed > 0) TRY(outlet_.push(std::move(answer.page)));
        if (mode_ == Mode::Own) outlet_.move_to(offset_of(gate.state()));
        return {};
      });
}

// All pages of a table for one set of parents.
Status TableReader::follow(const TableRead& read, const Environment& environment, Gate& gate,
                           const std::function<Status(Answer&, const Environment&)>& take) {
  Environment inside = environment;
  inside.options = &read.options;
  const bool can_anchor = read.options.has("anchor_every");
  const long long anchor_every = can_anchor ? TRY(read.options.integer("anchor_every")) : 0;
  while (true) {
    inside.cursor = gate.begin_chain(clock_);
    Chain chain(read, inside);
    bool has_more = false;
    for (long long num_pages = 1; !has_more; ++num_pages) {
      auto answer = TRY(chain.next());
      if (!answer) return {};
      TRY(take(*answer, inside));
      if (gate.is_chain_finished() || gate.is_stopped() || answer->is_last) return {};
      // The next page of this chain may have shifted; the records behind the cursor have not.
      has_more = anchor_every > 0 && num_pages >= anchor_every && gate.has_moved_on();
    }
  }
}

}  // namespace inlet::rest
