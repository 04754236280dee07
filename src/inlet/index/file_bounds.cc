#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "inlet/base/json.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"
#include "inlet/index/file_bounds_internal.h"

namespace inlet::index {
namespace {

enum class Side { Lower, Upper };

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Takes a number of exactly `num_digits` digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t num_digits) {
  int value = 0;
  if (text.size() < num_digits || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + num_digits, value);
  if (error != std::errc{} || end != text.data() + num_digits) return std::nullopt;
  text.remove_prefix(num_digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

// What is left of a moment after its seconds: `Z`, `+hh:mm`, `+hhmm` or nothing, as minutes.
std::optional<int> read_zone(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes || !text.empty()) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

// In whole milliseconds: writers floor to them, whatever digits they spell.
std::optional<std::int64_t> read_moment_ms(std::string_view text) {
  const auto day = take_date(text);
  if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second) return std::nullopt;
  int milliseconds = 0;
  if (take(text, '.')) {
    int weight = 100;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
      milliseconds += (text.front() - '0') * weight;
      weight /= 10;
    }
  }
  const auto zone = read_zone(text);
  if (!zone) return std::nullopt;
  const std::int64_t minutes =
      std::int64_t{day->time_since_epoch().count()} * 1440 + *hour * 60 + *minute - *zone;
  return (minutes * 60 + *second) * 1000 + milliseconds;
}

bool append_real(ColumnBuilder& column, const Json& value, Side side) {
  if (!value.is_number()) return false;
  const double away = side == Side::Lower ? -kInfinity : kInfinity;
  const double real = std::nextafter(value.get<double>(), away);
  if (column.type().kind == TypeKind::Double) {
    column.append_float64(real);
    return true;
  }
  if (std::abs(real) > static_cast<double>(std::numeric_limits<float>::max())) return false;
  column.append_float32(std::nextafter(static_cast<float>(real), static_cast<float>(away)));
  return true;
}

// The parser has made a double of the digits: wide enough for what that costs, and no wider.
bool append_decimal(ColumnBuilder& column, const Json& value, Side side) {
  if (!value.is_number()) return false;
  const double unscaled = value.get<double>() * std::pow(10.0, column.type().scale);
  const double margin = std::abs(unscaled) * 1e-12 + 1;
  const double bound = std::floor(side == Side::Lower ? unscaled - margin : unscaled + margin);
  if (!(std::abs(bound) < 1.5e38)) return false;
  __extension__ using Signed128 = __int128;
  column.append_decimal(static_cast<Signed128>(bound));
  return true;
}

bool append_integer(ColumnBuilder& column, const Json& value) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return false;
  }
  const auto integer = value.get<std::int64_t>();
  if (column.type().kind == TypeKind::Long) {
    column.append_int64(integer);
    return true;
  }
  if (integer != static_cast<std::int32_t>(integer)) return false;
  column.append_int32(static_cast<std::int32_t>(integer));
  return true;
}

bool append_time(ColumnBuilder& column, const Json& value, Side side) {
  if (!value.is_string()) return false;
  std::string_view text = value.get_ref<const std::string&>();
  if (column.type().kind == TypeKind::Date) {
    const auto date = take_date(text);
    if (!date || !text.empty()) return false;
    column.append_int32(static_cast<std::int32_t>(date->time_since_epoch().count()));
    return true;
  }
  const auto milliseconds = read_moment_ms(text);
  if (!milliseconds) return false;
  column.append_int64((*milliseconds + (side == Side::Lower ? -1 : 1)) * 1000);
  return true;
}

// False, with nothing appended, for a bound that does not say anything for sure.
bool append_bound(ColumnBuilder& column, const Json& value, Side side) {
  switch (column.type().kind) {
    case TypeKind::Int:
    case TypeKind::Long: return append_integer(column, value);
    case TypeKind::Float:
    case TypeKind::Double: return append_real(column, value, side);
    case TypeKind::Decimal: return append_decimal(column, value, side);
    case TypeKind::Date:
    case TypeKind::Timestamp: return append_time(column, value, side);
    case TypeKind::String:
    case TypeKind::Json:
      if (value.is_string()) column.append_bytes(value.get_ref<const std::string&>());
      return value.is_string();
    default: return false;
  }
}

// The members' names along a dotted path, as the schema cuts it: statistics may lack a column and
// still have one whose name looks alike.
std::vector<std::string> resolve(const std::vector<Field>& fields, std::string_view path) {
  for (const Field& field : fields) {
    if (field.name == path) return {field.name};
  }
  for (const Field& field : fields) {
    if (!path.starts_with(field.name) || !path.substr(field.name.size()).starts_with('.')) continue;
    auto names = resolve(field.type.fields, path.substr(field.name.size() + 1));
    if (names.empty()) continue;
    names.insert(names.begin(), field.name);
    return names;
  }
  return {};
}

const Json* find_member(const Json* object, std::span<const std::string> names) {
  for (const std::string& name : names) {
    if (!object->is_object() || !object->contains(name)) return nullptr;
    object = &(*object)[name];
  }
  return object;
}

// The log has partition values as texts, statistics have numbers as such.
Json value_of(const Json& text, TypeKind kind) {
  const bool is_text = kind == TypeKind::String || kind == TypeKind::Date ||
                       kind == TypeKind::Timestamp || !text.is_string();
  if (is_text) return text;
  return parse_json(text.get_ref<const std::string&>()).value_or(Json());
}

// Where `names` is a partition column its one value is on both sides.
Json as_stats(const delta::DataFile& file, std::span<const std::string> names, TypeKind kind) {
  if (!file.partition.empty() && names.size() == 1) {
    const auto partition = parse_json(file.partition);
    if (partition && partition->contains(names.front())) {
      const Json bound = {{names.front(), value_of((*partition)[names.front()], kind)}};
      return {{"minValues", bound}, {"maxValues", bound}};
    }
  }
  const auto stats = parse_json(file.stats);
  return stats && stats->is_object() ? *stats : Json::object();
}

void append_side(ColumnBuilder& column, const Json& stats, std::span<const std::string> names,
                 Side side) {
  const auto values = stats.find(side == Side::Lower ? "minValues" : "maxValues");
  const Json* value = values == stats.end() ? nullptr : find_member(&*values, names);
  if (value == nullptr || !append_bound(column, *value, side)) column.append_null();
}

bool is_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Json;
}

std::string bytes_of(const RowKey& key, std::size_t row, TypeKind kind) {
  std::string bytes;
  if (key.has_null(row)) return bytes;
  key.append_to(bytes, row);
  // Either bound may be the beginning of a longer text: without the two bytes that end one.
  if (is_text(kind)) bytes.resize(bytes.size() - 2);
  return bytes;
}

}  // namespace

std::vector<Bounds> read_bounds(const Schema& schema, std::string_view path,
                                std::span<const delta::DataFile> files) {
  std::vector<Bounds> bounds(files.size());
  const Field* field = schema.find(path);
  if (field == nullptr) return bounds;
  const std::vector<std::string> names = resolve(schema.fields, path);
  BatchBuilder builder(std::make_shared<const Schema>(Schema{{{"bound", field->type}}}));
  for (const delta::DataFile& file : files) {
    const Json stats = as_stats(file, names, field->type.kind);
    append_side(builder.column(0), stats, names, Side::Lower);
    append_side(builder.column(0), stats, names, Side::Upper);
  }
  const Batch batch = builder.finish();
  const auto key = RowKey::make(batch, {"bound"});
  if (!key) return bounds;
  for (std::size_t i = 0; i < files.size(); ++i) {
    bounds[i] = {.lower = bytes_of(*key, 2 * i, field->type.kind),
                 .upper = bytes_of(*key, 2 * i + 1, field->type.kind)};
  }
  return bounds;
}

Pruner::Pruner(const Type& first_column, std::span<const std::string_view> keys)
    : sorted_(keys.begin(), keys.end()) {
  std::ranges::sort(sorted_);
  if (sorted_.empty()) return;
  // Null sorts first and NaN last: 01 FF.. is above the bytes of infinity (01 FF 80.., 01 FF F0..).
  const bool is_real =
      first_column.kind == TypeKind::Float || first_column.kind == TypeKind::Double;
  const std::size_t infinity = first_column.kind == TypeKind::Float ? 0x80 : 0xF0;
  const std::string_view last = sorted_.back();
  const bool has_nan = is_real && last.size() > 2 && last[1] == '\xFF' &&
                       static_cast<unsigned char>(last[2]) > infinity;
  is_open_ = has_nan || sorted_.front().starts_with('\0');
}

bool Pruner::may_hold(const Bounds& bounds) const {
  if (is_open_) return true;
  const auto first = std::ranges::lower_bound(sorted_, bounds.lower);
  if (first == sorted_.end()) return false;
  return bounds.upper.empty() || first->substr(0, bounds.upper.size()) <= bounds.upper;
}

}  // namespace inlet::index
