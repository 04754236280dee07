#include "inlet/data/row_key.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "inlet/base/clock.h"
#include "inlet/base/format.h"
#include "inlet/base/json.h"

namespace inlet {
namespace {

constexpr char kNull = 0;
constexpr char kValue = 1;

// Most significant byte first: then memcmp compares as unsigned numbers do.
template <class Unsigned>
void append_big_endian(std::string& out, Unsigned bits) {
  char bytes[sizeof(Unsigned)];
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    bytes[sizeof(Unsigned) - 1 - i] = static_cast<char>(static_cast<unsigned char>(bits));
    bits = static_cast<Unsigned>(bits >> 8);
  }
  out.append(bytes, sizeof(Unsigned));
}

template <class Unsigned>
constexpr Unsigned kSign = Unsigned{1} << (sizeof(Unsigned) * 8 - 1);

template <class Unsigned, class Signed>
void append_integer(std::string& out, Signed value) {
  append_big_endian(out, static_cast<Unsigned>(static_cast<Unsigned>(value) ^ kSign<Unsigned>));
}

// Negative numbers grow away from zero, so all their bits turn over; of the others only the sign
// does.
template <class Unsigned, class Float>
void append_float(std::string& out, Float value) {
  if (value == 0) value = 0;
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  const auto bits = std::bit_cast<Unsigned>(value);
  const bool is_negative = (bits & kSign<Unsigned>) != 0;
  append_big_endian(out, is_negative ? static_cast<Unsigned>(~bits)
                                     : static_cast<Unsigned>(bits | kSign<Unsigned>));
}

// Ends with 00 01; a NUL inside becomes 00 FF. So "a" < "a\0" < "ab", whatever follows in the next
// column.
void append_escaped(std::string& out, std::string_view text) {
  for (;;) {
    const std::size_t nul = text.find('\0');
    out.append(text.substr(0, nul));
    if (nul == std::string_view::npos) break;
    out.append("\x00\xFF", 2);
    text.remove_prefix(nul + 1);
  }
  out.append("\x00\x01", 2);
}

__extension__ using Unsigned128 = unsigned __int128;
__extension__ using Signed128 = __int128;

void append_scalar(std::string& out, const ColumnView& column, std::size_t row) {
  switch (column.type().kind) {
    case TypeKind::Boolean: out.push_back(column.boolean(row) ? 1 : 0); break;
    case TypeKind::Int:
    case TypeKind::Date: append_integer<std::uint32_t>(out, column.int32(row)); break;
    case TypeKind::Long:
    case TypeKind::Timestamp: append_integer<std::uint64_t>(out, column.int64(row)); break;
    case TypeKind::Float: append_float<std::uint32_t>(out, column.float32(row)); break;
    case TypeKind::Double: append_float<std::uint64_t>(out, column.float64(row)); break;
    case TypeKind::Decimal: append_integer<Unsigned128>(out, column.decimal(row)); break;
    default: append_escaped(out, column.bytes(row)); break;
  }
}

// Self-delimiting bytes of any value. The order does not matter here, equality does.
void append_content(std::string& out, const ColumnView& column, std::size_t row);

// Two maps are equal whatever the order of their entries.
void append_map(std::string& out, const ColumnView& column, std::size_t row) {
  const auto [begin, end] = column.range(row);
  const ColumnView keys = column.child(0);
  const ColumnView values = column.child(1);
  std::vector<std::string> entries;
  for (std::size_t i = begin; i < end; ++i) {
    std::string entry;
    append_content(entry, keys, i);
    append_content(entry, values, i);
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries);
  append_big_endian(out, static_cast<std::uint32_t>(entries.size()));
  for (const std::string& entry : entries) out.append(entry);
}

void append_content(std::string& out, const ColumnView& column, std::size_t row) {
  if (column.is_null(row)) {
    out.push_back(kNull);
    return;
  }
  out.push_back(kValue);
  switch (column.type().kind) {
    case TypeKind::Struct:
      for (std::size_t i = 0; i < column.type().fields.size(); ++i) {
        append_content(out, column.child(i), row);
      }
      break;
    case TypeKind::List: {
      const auto [begin, end] = column.range(row);
      append_big_endian(out, static_cast<std::uint32_t>(end - begin));
      for (std::size_t i = begin; i < end; ++i) append_content(out, column.child(0), i);
      break;
    }
    case TypeKind::Map: append_map(out, column, row); break;
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Json: {
      const std::string_view text = column.bytes(row);
      append_big_endian(out, static_cast<std::uint32_t>(text.size()));
      out.append(text);
      break;
    }
    default: append_scalar(out, column, row); break;
  }
}

std::string decimal_text(Signed128 unscaled, int scale) {
  const bool is_negative = unscaled < 0;
  auto rest = is_negative ? Unsigned128{0} - static_cast<Unsigned128>(unscaled)
                          : static_cast<Unsigned128>(unscaled);
  std::string digits;
  for (int i = 0; rest != 0 || i <= scale; ++i) {
    if (i == scale && scale > 0) digits.push_back('.');
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  }
  if (is_negative) digits.push_back('-');
  std::ranges::reverse(digits);
  return digits;
}

std::string date_text(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string hex_text(std::string_view bytes) {
  std::string out = "0x";
  for (const char byte : bytes) out += format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::string scalar_text(const ColumnView& column, std::size_t row) {
  if (column.is_null(row)) return "null";
  switch (column.type().kind) {
    case TypeKind::Boolean: return column.boolean(row) ? "true" : "false";
    case TypeKind::Int: return format("{}", column.int32(row));
    case TypeKind::Long: return format("{}", column.int64(row));
    case TypeKind::Float: return format("{}", column.float32(row));
    case TypeKind::Double: return format("{}", column.float64(row));
    case TypeKind::Decimal: return decimal_text(column.decimal(row), column.type().scale);
    case TypeKind::Date: return date_text(column.int32(row));
    case TypeKind::Timestamp:
      return to_rfc3339(Timestamp{std::chrono::microseconds{column.int64(row)}});
    case TypeKind::Binary: return hex_text(column.bytes(row));
    default: return to_text(Json(std::string(column.bytes(row))));
  }
}

bool is_nested(TypeKind kind) {
  return kind == TypeKind::Struct || kind == TypeKind::List || kind == TypeKind::Map;
}

}  // namespace

Result<RowKey> RowKey::make(const Batch& batch, const std::vector<std::string>& paths) {
  RowKey key;
  for (const std::string& path : paths) {
    const auto column = ColumnView::find(batch, path);
    if (!column) return fail(ErrorKind::Config, format("no column {} to use as a key", path));
    if (is_nested(column->type().kind)) {
      return fail(ErrorKind::Config,
                  format("column {} of type {} cannot be a key", path, to_text(column->type())));
    }
    key.names_.push_back(path);
    key.columns_.push_back(*column);
  }
  return key;
}

bool RowKey::has_null(std::size_t row) const {
  return std::ranges::any_of(columns_,
                             [row](const ColumnView& column) { return column.is_null(row); });
}

void RowKey::append_to(std::string& out, std::size_t row) const {
  for (const ColumnView& column : columns_) {
    if (column.is_null(row)) {
      out.push_back(kNull);
    } else {
      out.push_back(kValue);
      append_scalar(out, column, row);
    }
  }
}

std::string RowKey::describe(std::size_t row) const {
  std::string out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ", ";
    out += names_[i] + "=" + scalar_text(columns_[i], row);
  }
  return out;
}

std::vector<std::string> columns_of(const Schema& schema, const std::vector<std::string>& paths) {
  std::vector<std::string> columns;
  for (const std::string& path : paths) {
    const std::string column = schema.index_of(path) ? path : path.substr(0, path.find('.'));
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  }
  return columns;
}

RowHasher::RowHasher(const Batch& batch, const std::vector<std::string>& columns) {
  for (const std::string& name : columns) columns_.push_back(ColumnView::find(batch, name));
}

RowHash RowHasher::operator()(std::size_t row) {
  content_.clear();
  for (const std::optional<ColumnView>& column : columns_) {
    if (column) {
      append_content(content_, *column, row);
    } else {
      content_.push_back(kNull);
    }
  }
  const XXH128_hash_t hash = XXH3_128bits(content_.data(), content_.size());
  return {.low = hash.low64, .high = hash.high64};
}

RowHash value_hash(const ColumnView& column, std::size_t row) {
  if (column.is_null(row)) return {};
  std::string content;
  append_content(content, column, row);
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return {.low = hash.low64, .high = hash.high64};
}

}  // namespace inlet
