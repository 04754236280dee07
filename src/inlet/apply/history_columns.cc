#include <algorithm>
#include <bit>
#include <span>
#include <string_view>

#include "inlet/apply/history_columns_internal.h"
#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet::apply {
namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The rest of `path` below `name`; empty when it does not lead there.
std::string_view below(std::string_view path, std::string_view name) {
  const bool leads_there =
      path.size() > name.size() && path.starts_with(name) && path[name.size()] == '.';
  return leads_there ? path.substr(name.size() + 1) : std::string_view();
}

RowHash mix(const RowHash& sum, const RowHash& next) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
  return {.low = std::rotl(sum.low ^ next.low, 29) * kOdd + 1,
          .high = std::rotl(sum.high ^ next.high, 31) * kOdd + 1};
}

// A hash of the members of a struct, without those at the paths `left_out`.
RowHash hash_without(const ColumnView& column, std::size_t row,
                     const std::vector<std::string>& left_out) {
  if (column.is_null(row)) return {};
  RowHash hash{.low = 1, .high = 1};
  for (std::size_t i = 0; i < column.type().fields.size(); ++i) {
    const Field& member = column.type().fields[i];
    if (holds(left_out, member.name)) continue;
    std::vector<std::string> deeper;
    for (const std::string& path : left_out) {
      const std::string_view rest = below(path, member.name);
      if (!rest.empty() && member.type.kind == TypeKind::Struct) deeper.emplace_back(rest);
    }
    const ColumnView values = column.child(i);
    hash = mix(hash, deeper.empty() ? value_hash(values, row) : hash_without(values, row, deeper));
  }
  return hash;
}

}  // namespace

Result<HistoryColumns> HistoryColumns::make(const Schema& table, const KeyedColumns& keyed,
                                            const HistoryOptions& options) {
  HistoryColumns made;
  std::vector<std::string> names;
  for (const Field& field : table.fields) {
    if (options.keeps_versions && (field.name == kStartAt || field.name == kEndAt)) continue;
    made.columns_.push_back(field);
    names.push_back(field.name);
  }
  if (options.keeps_versions && made.columns_.size() + 2 != table.fields.size()) {
    return fail(ErrorKind::Config,
                format("the table has no columns {} and {}, so it was not made as SCD type 2; "
                       "rebuild it with a full refresh",
                       kStartAt, kEndAt));
  }
  made.rules_ = {.keeps_versions = options.keeps_versions,
                 .ignore_null_updates = options.ignore_null_updates};
  for (const std::string& tracked : options.tracked) {
    if (holds(names, tracked)) continue;
    return fail(ErrorKind::Config,
                format("the table has no column {} to keep the history of{}", tracked,
                       did_you_mean(tracked, std::span<const std::string>(names))));
  }
  if (options.tracked.empty()) {
    made.track_all(keyed, options);
  } else {
    for (const std::string& name : names) {
      made.rules_.is_tracked.push_back(holds(options.tracked, name));
    }
  }
  return made;
}

// Every event has a sequence of its own, so that tracking it would make each one a version.
void HistoryColumns::track_all(const KeyedColumns& keyed, const HistoryOptions& options) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string& name = columns_[i].name;
    Remainder remainder{.column = i, .left_out = {}};
    for (const std::string& path : keyed.sequence) {
      const std::string_view rest = below(path, name);
      if (!rest.empty()) remainder.left_out.emplace_back(rest);
    }
    const bool is_whole = remainder.left_out.empty();
    rules_.is_tracked.push_back(is_whole && !holds(keyed.sequence, name) &&
                                !holds(options.untracked, name));
    if (!is_whole && !holds(options.untracked, name)) remainders_.push_back(std::move(remainder));
  }
  rules_.is_tracked.resize(columns_.size() + remainders_.size(), true);
}

std::vector<Cell> HistoryColumns::read(const RowGather& rows, delta::RowPlace place) const {
  std::vector<Cell> cells(columns_.size() + remainders_.size());
  const auto read_cell = [&](Cell& cell, std::size_t column, const auto& hash) {
    const auto values = rows.find(column, place.batch);
    if (!values) return;
    cell.place = place;
    cell.hash = hash(*values);
    cell.is_sent = !rules_.ignore_null_updates || cell.hash != RowHash{};
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    read_cell(cells[i], i, [&](const ColumnView& values) { return value_hash(values, place.row); });
  }
  for (std::size_t i = 0; i < remainders_.size(); ++i) {
    read_cell(cells[columns_.size() + i], remainders_[i].column, [&](const ColumnView& values) {
      return hash_without(values, place.row, remainders_[i].left_out);
    });
  }
  return cells;
}

std::vector<Cell> HistoryColumns::read_stored(const RowGather& rows, delta::RowPlace place) const {
  std::vector<Cell> cells = read(rows, place);
  if (rules_.ignore_null_updates) return cells;
  for (Cell& cell : cells) cell.is_sent = true;
  return cells;
}

}  // namespace inlet::apply
