#include "testkit/row_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "inlet/base/clock.h"
#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"

namespace inlet::testkit {
namespace {

/// Reads types from the front of a text.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : rest_(text) {}

  Result<Type> whole() {
    Type type = TRY(next());
    if (!rest_.empty()) return fail(ErrorKind::Config, format("unread in a type: {}", rest_));
    return type;
  }

 private:
  Result<Type> next() {
    if (take("array<")) {
      Type type = Type::list(TRY(next()));
      return closed(std::move(type));
    }
    if (take("map<")) {
      Type key = TRY(next());
      take(",");
      return closed(Type::map(std::move(key), TRY(next())));
    }
    if (take("struct<")) return structure();
    std::size_t size = 0;
    bool is_inside = false;
    for (; size < rest_.size(); ++size) {
      const char c = rest_[size];
      if (c == '(') is_inside = true;
      if (c == ')') is_inside = false;
      if (!is_inside && (c == ',' || c == '>')) break;
    }
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return parse_scalar_type(name);
  }

  Result<Type> structure() {
    std::vector<Field> fields;
    do {
      const std::size_t colon = rest_.find(':');
      if (colon == std::string_view::npos) return fail(ErrorKind::Config, "a member without type");
      const std::string name(rest_.substr(0, colon));
      rest_.remove_prefix(colon + 1);
      fields.push_back({.name = name, .type = TRY(next())});
    } while (take(","));
    return closed(Type::structure(std::move(fields)));
  }

  Result<Type> closed(Type type) {
    if (!take(">")) return fail(ErrorKind::Config, format("no > before: {}", rest_));
    return type;
  }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  std::string_view rest_;
};

template <class Float>
std::string float_text(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::array<char, 400> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

__extension__ std::string decimal_text(__int128 unscaled, int scale) {
  const bool is_negative = unscaled < 0;
  __extension__ auto rest = static_cast<unsigned __int128>(is_negative ? -unscaled : unscaled);
  std::string digits;
  for (; rest != 0 || digits.size() <= static_cast<std::size_t>(scale); rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  if (scale > 0) digits.insert(digits.size() - static_cast<std::size_t>(scale), 1, '.');
  return is_negative ? "-" + digits : digits;
}

std::string time_text(std::int64_t micros) {
  return to_rfc3339(Timestamp(std::chrono::microseconds(micros)));
}

std::string hex_text(std::string_view bytes) {
  std::string text = "x'";
  for (const char byte : bytes) text += format("{:02x}", static_cast<unsigned char>(byte));
  return text + "'";
}

std::string struct_text(const ColumnView& column, std::size_t row) {
  std::string text = "{";
  for (std::size_t i = 0; i < column.type().fields.size(); ++i) {
    if (i > 0) text += ", ";
    text += column.type().fields[i].name + ": " + value_text(column.child(i), row);
  }
  return text + "}";
}

std::string list_text(const ColumnView& column, std::size_t row) {
  const bool is_map = column.type().kind == TypeKind::Map;
  const auto [first, last] = column.range(row);
  std::string text = is_map ? "{" : "[";
  for (std::size_t i = first; i < last; ++i) {
    if (i > first) text += ", ";
    text += value_text(column.child(0), i);
    if (is_map) text += ": " + value_text(column.child(1), i);
  }
  return text + (is_map ? "}" : "]");
}

}  // namespace

Result<Type> parse_type(std::string_view text) {
  return TypeReader(text).whole();
}

std::string value_text(const ColumnView& column, std::size_t row) {
  if (column.is_null(row)) return "null";
  switch (column.type().kind) {
    case TypeKind::Boolean: return column.boolean(row) ? "true" : "false";
    case TypeKind::Int: return std::to_string(column.int32(row));
    case TypeKind::Long: return std::to_string(column.int64(row));
    case TypeKind::Float: return float_text(column.float32(row));
    case TypeKind::Double: return float_text(column.float64(row));
    case TypeKind::Decimal: return decimal_text(column.decimal(row), column.type().scale);
    case TypeKind::String:
    case TypeKind::Json: return to_text(Json(std::string(column.bytes(row))));
    case TypeKind::Binary: return hex_text(column.bytes(row));
    case TypeKind::Date:
      return time_text(column.int32(row) * std::int64_t{86'400'000'000}).substr(0, 10);
    case TypeKind::Timestamp: return time_text(column.int64(row));
    case TypeKind::Struct: return struct_text(column, row);
    case TypeKind::List:
    case TypeKind::Map: return list_text(column, row);
  }
  return "?";
}

std::string row_text(const Batch& batch, std::size_t row) {
  std::string text = "{";
  for (const Field& field : batch.schema().fields) {
    if (text.size() > 1) text += ", ";
    text += field.name + ": " + value_text(*ColumnView::find(batch, field.name), row);
  }
  return text + "}";
}

}  // namespace inlet::testkit
