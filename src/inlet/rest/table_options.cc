#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/rest/table_loader_internal.h"

namespace inlet::rest {
namespace {

// `owner`, or the `owner` of `options.owner`.
std::string_view option_of(const Reference& reference) {
  if (reference.root != "options" || reference.steps.empty()) return reference.root;
  const auto* name = std::get_if<std::string>(&reference.steps[0]);
  return name == nullptr ? std::string_view() : std::string_view(*name);
}

bool is_used(const ApiPlan& api, const TablePlan& table, std::string_view option) {
  for (const Template* used : table.templates()) {
    for (const Reference* reference : used->references()) {
      if (option_of(*reference) == option) return true;
    }
  }
  if (!table.parent) return false;
  if (table.parent->option == option) return true;
  const auto parent = api.find_table(table.parent->table);
  return parent && is_used(api, **parent, option);
}

bool is_shared(const ApiPlan& api, const OptionSpec& option) {
  const auto& shared = api.spec.options;
  return std::any_of(shared.begin(), shared.end(),
                     [&](const OptionSpec& candidate) { return candidate.name == option.name; });
}

OptionSpec page_size(const PaginatePlan& plan) {
  OptionSpec option{.name = "page_size", .type = OptionType::Integer};
  option.help = "Records asked for with one request.";
  option.default_value = std::to_string(plan.default_size);
  option.minimum = 1;
  if (plan.max_size > 0) option.maximum = plan.max_size;
  return option;
}

// In the largest unit that says it in whole numbers: 5m.
std::string duration_text(std::chrono::milliseconds duration) {
  constexpr std::array<std::pair<long long, std::string_view>, 4> kUnits = {
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}}};
  const long long count = duration.count();
  for (const auto& [size, unit] : kUnits) {
    if (count != 0 && count % size == 0) return format("{}{}", count / size, unit);
  }
  return count == 0 ? "0s" : format("{}ms", count);
}

std::vector<OptionSpec> cursor_options(const CursorPlan& cursor) {
  std::vector<OptionSpec> options;
  if (cursor.kind == CursorValue::Kind::Time) {
    OptionSpec start{.name = "start_at"};
    start.help = "Leave out what is older than this time (RFC 3339) when the table is first read.";
    start.example = "2024-01-01T00:00:00Z";
    options.push_back(std::move(start));
    OptionSpec lookback{.name = "lookback", .type = OptionType::Duration};
    lookback.help = "Read again so much before the last value; what is known already is dropped.";
    lookback.default_value = duration_text(cursor.lookback);
    lookback.minimum = 0;
    options.push_back(std::move(lookback));
  }
  if (cursor.anchor_every > 0 || cursor.has_lower_bound) {
    OptionSpec anchor{.name = "anchor_every", .type = OptionType::Integer};
    anchor.help =
        "Go on from the last value instead of the next page after so many pages, because pages "
        "shift when records change; 0 never does.";
    anchor.default_value = std::to_string(cursor.anchor_every);
    anchor.minimum = 0;
    if (cursor.order == CursorPlan::Order::Ascending) options.push_back(std::move(anchor));
  }
  return options;
}

// True where a read can stop after any record and go on from there.
bool can_stop_early(const ApiPlan& api, const TablePlan& table) {
  const TablePlan* counted = &table;
  if (api.follows_parent(table)) {
    while (counted->parent) counted = *api.find_table(counted->parent->table);
  }
  return !counted->parent && counted->cursor &&
         counted->cursor->order == CursorPlan::Order::Ascending;
}

}  // namespace

Status choose_options(const ApiPlan& api, TablePlan& table) {
  for (const OptionSpec& option : table.spec->options) {
    if (!is_shared(api, option) || is_used(api, table, option.name))
      table.options.push_back(option);
  }
  std::vector<OptionSpec> added;
  if (!table.paginate.size_param.empty()) added.push_back(page_size(table.paginate));
  if (table.cursor && !api.follows_parent(table)) {
    for (OptionSpec& option : cursor_options(*table.cursor)) added.push_back(std::move(option));
  }
  if (table.spec->metadata.ingestion_type != IngestionType::Snapshot &&
      can_stop_early(api, table)) {
    OptionSpec cap{.name = "max_records", .type = OptionType::Integer};
    cap.help = "Stop a read after so many records; the next one goes on from there.";
    cap.minimum = 1;
    added.push_back(std::move(cap));
  }
  for (OptionSpec& option : added) {
    for (const OptionSpec& own : table.options) {
      if (own.name == option.name) {
        return std::unexpected(table.spec->node.key_error(
            format("option {} of table {} is the engine's own", own.name, table.spec->name)));
      }
    }
    table.options.push_back(std::move(option));
  }
  return {};
}

}  // namespace inlet::rest
