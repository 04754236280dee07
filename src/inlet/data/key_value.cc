#include "inlet/data/key_value.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "inlet/base/format.h"
#include "inlet/base/try.h"

namespace inlet {
namespace {

__extension__ using Unsigned128 = unsigned __int128;
__extension__ using Signed128 = __int128;

template <class Unsigned>
constexpr Unsigned kSign = Unsigned{1} << (sizeof(Unsigned) * 8 - 1);

std::unexpected<Error> broken(const Type& type) {
  return fail(ErrorKind::Bug, format("the bytes of a key hold no value of type {}", to_text(type)));
}

template <class Unsigned>
Unsigned big_endian(std::string_view bytes) {
  Unsigned bits = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    bits = static_cast<Unsigned>(bits << 8) | static_cast<unsigned char>(bytes[i]);
  }
  return bits;
}

template <class Signed, class Unsigned>
Signed integer(std::string_view bytes) {
  return static_cast<Signed>(big_endian<Unsigned>(bytes) ^ kSign<Unsigned>);
}

template <class Float, class Unsigned>
Float floating(std::string_view bytes) {
  const auto bits = big_endian<Unsigned>(bytes);
  const bool is_negative = (bits & kSign<Unsigned>) == 0;
  return std::bit_cast<Float>(is_negative ? static_cast<Unsigned>(~bits)
                                          : static_cast<Unsigned>(bits ^ kSign<Unsigned>));
}

// Text ends with 00 01; 00 FF stands for a NUL inside.
Result<std::string_view> append_text(ColumnBuilder& column, std::string_view bytes) {
  std::string text;
  for (;;) {
    const std::size_t nul = bytes.find('\0');
    if (nul == std::string_view::npos || nul + 1 == bytes.size()) return broken(column.type());
    const char mark = bytes[nul + 1];
    text.append(bytes.substr(0, nul));
    bytes.remove_prefix(nul + 2);
    if (mark == '\x01') break;
    if (mark != '\xFF') return broken(column.type());
    text.push_back('\0');
  }
  column.append_bytes(text);
  return bytes;
}

std::size_t width(TypeKind kind) {
  switch (kind) {
    case TypeKind::Boolean: return 1;
    case TypeKind::Int:
    case TypeKind::Date:
    case TypeKind::Float: return 4;
    case TypeKind::Decimal: return 16;
    default: return 8;
  }
}

bool is_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Binary || kind == TypeKind::Json;
}

bool is_nested(TypeKind kind) {
  return kind == TypeKind::Struct || kind == TypeKind::List || kind == TypeKind::Map;
}

void append_fixed(ColumnBuilder& column, std::string_view bytes) {
  switch (column.type().kind) {
    case TypeKind::Boolean: column.append_boolean(bytes.front() != 0); break;
    case TypeKind::Int:
    case TypeKind::Date: column.append_int32(integer<std::int32_t, std::uint32_t>(bytes)); break;
    case TypeKind::Float: column.append_float32(floating<float, std::uint32_t>(bytes)); break;
    case TypeKind::Double: column.append_float64(floating<double, std::uint64_t>(bytes)); break;
    case TypeKind::Decimal: column.append_decimal(integer<Signed128, Unsigned128>(bytes)); break;
    default: column.append_int64(integer<std::int64_t, std::uint64_t>(bytes)); break;
  }
}

// The same column that ColumnView::find() gives for `path`.
ColumnBuilder* find(const std::vector<Field>& fields, std::span<ColumnBuilder> columns,
                    std::string_view path) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == path) return &columns[i];
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string& name = fields[i].name;
    if (fields[i].type.kind != TypeKind::Struct || path.size() <= name.size()) continue;
    if (!path.starts_with(name) || path[name.size()] != '.') continue;
    ColumnBuilder* found =
        find(fields[i].type.fields, columns[i].children(), path.substr(name.size() + 1));
    if (found != nullptr) return found;
  }
  return nullptr;
}

Status append_values(BatchBuilder& rows, const std::vector<std::string>& paths,
                     std::string_view bytes, std::size_t num_before) {
  for (const std::string& path : paths) {
    ColumnBuilder* column = find(rows.schema().fields, rows.columns(), path);
    if (column == nullptr) {
      return fail(ErrorKind::Config, format("no column {} to hold a part of a key", path));
    }
    bytes = TRY(append_key_value(*column, bytes));
    // A sequence column may be a key column too.
    column->truncate(num_before + 1);
  }
  if (bytes.empty()) return {};
  return fail(ErrorKind::Bug,
              format("the bytes of a key go on for {} bytes after its last column", bytes.size()));
}

bool has_value(ColumnBuilder& column, std::size_t num_before) {
  if (column.num_rows() > num_before) return true;
  return column.type().kind == TypeKind::Struct &&
         std::ranges::any_of(column.children(), [num_before](ColumnBuilder& child) {
           return has_value(child, num_before);
         });
}

void fill(ColumnBuilder& column, std::size_t num_before) {
  if (column.num_rows() > num_before) return;
  if (!has_value(column, num_before)) {
    column.append_null();
    return;
  }
  for (ColumnBuilder& child : column.children()) fill(child, num_before);
  column.append_struct();
}

// BatchBuilder::truncate() would not reach the members of a struct that has no row itself yet.
void take_back(ColumnBuilder& column, std::size_t num_before) {
  if (column.type().kind == TypeKind::Struct) {
    for (ColumnBuilder& child : column.children()) take_back(child, num_before);
  }
  if (column.num_rows() > num_before) column.truncate(num_before);
}

}  // namespace

Result<std::string_view> append_key_value(ColumnBuilder& column, std::string_view bytes) {
  const TypeKind kind = column.type().kind;
  if (bytes.empty() || is_nested(kind)) return broken(column.type());
  const bool is_null = bytes.front() == 0;
  bytes.remove_prefix(1);
  if (is_null) {
    column.append_null();
    return bytes;
  }
  if (is_text(kind)) return append_text(column, bytes);
  if (bytes.size() < width(kind)) return broken(column.type());
  append_fixed(column, bytes);
  return bytes.substr(width(kind));
}

Status append_key_row(BatchBuilder& rows, const std::vector<std::string>& key_paths,
                      std::string_view key_bytes, const std::vector<std::string>& sequence_paths,
                      std::string_view sequence_bytes, const std::vector<std::string>& left_out) {
  const std::size_t num_before = rows.num_rows();
  Status appended = append_values(rows, key_paths, key_bytes, num_before);
  if (appended) appended = append_values(rows, sequence_paths, sequence_bytes, num_before);
  if (!appended) {
    for (ColumnBuilder& column : rows.columns()) take_back(column, num_before);
    return appended;
  }
  for (std::size_t i = 0; i < rows.columns().size(); ++i) {
    const bool is_left_out =
        std::ranges::find(left_out, rows.schema().fields[i].name) != left_out.end();
    if (!is_left_out) fill(rows.column(i), num_before);
  }
  return {};
}

}  // namespace inlet
