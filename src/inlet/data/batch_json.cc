#include "inlet/data/batch_json.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "inlet/base/clock.h"
#include "inlet/base/format.h"
#include "inlet/base/json.h"

namespace inlet {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Six bits of the three-byte group that begins at `text`, counted from its most significant end.
char base64_digit(std::string_view group, unsigned digit) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto byte = i < group.size() ? static_cast<unsigned char>(group[i]) : 0U;
    bits = bits << 8U | byte;
  }
  return kBase64[bits >> (18U - 6U * digit) & 63U];
}

void append_base64(std::string& out, std::string_view bytes) {
  out.push_back('"');
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    for (unsigned digit = 0; digit < 4; ++digit) {
      out.push_back(digit <= group.size() ? base64_digit(group, digit) : '=');
    }
  }
  out.push_back('"');
}

template <class Number>
void append_float(std::string& out, Number value) {
  if (std::isnan(value)) return append_json_text(out, "NaN");
  if (std::isinf(value)) return append_json_text(out, value > 0 ? "Infinity" : "-Infinity");
  const std::string text = format("{}", value);
  out.append(text);
  // A whole number keeps a fraction, so that a reader sees a floating column.
  if (text.find_first_of(".e") == std::string::npos) out.append(".0");
}

__extension__ void append_decimal(std::string& out, __int128 unscaled, int scale) {
  // Negating in unsigned arithmetic is right for the smallest value too.
  __extension__ auto magnitude = static_cast<unsigned __int128>(unscaled);
  if (unscaled < 0) {
    out.push_back('-');
    magnitude = 0 - magnitude;
  }
  std::string digits;
  for (; magnitude != 0; magnitude /= 10) digits.push_back(static_cast<char>('0' + magnitude % 10));
  digits.resize(std::max(digits.size(), static_cast<std::size_t>(scale) + 1), '0');
  std::reverse(digits.begin(), digits.end());
  const std::size_t num_whole = digits.size() - static_cast<std::size_t>(scale);
  out.append(digits, 0, num_whole);
  if (scale > 0) out.append(".").append(digits, num_whole);
}

std::string date_text(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void append_struct(std::string& out, const ColumnView& column, std::size_t row) {
  const std::vector<Field>& fields = column.type().fields;
  out.push_back('{');
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_text(out, fields[i].name);
    out.push_back(':');
    append_json(out, column.child(i), row);
  }
  out.push_back('}');
}

void append_list(std::string& out, const ColumnView& column, std::size_t row) {
  const auto [begin, end] = column.range(row);
  const ColumnView elements = column.child(0);
  out.push_back('[');
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) out.push_back(',');
    append_json(out, elements, i);
  }
  out.push_back(']');
}

// A member's name is text: a key of another type is put in quotes as it is spelled.
void append_key(std::string& out, const ColumnView& keys, std::size_t row) {
  std::string text;
  append_json(text, keys, row);
  if (text.starts_with('"')) {
    out.append(text);
  } else {
    append_json_text(out, text);
  }
}

void append_map(std::string& out, const ColumnView& column, std::size_t row) {
  const auto [begin, end] = column.range(row);
  const ColumnView keys = column.child(0);
  const ColumnView values = column.child(1);
  out.push_back('{');
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) out.push_back(',');
    append_key(out, keys, i);
    out.push_back(':');
    append_json(out, values, i);
  }
  out.push_back('}');
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  const auto is_plain = [](char c) {
    return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out.append("\"").append(text).append("\"");
  } else {
    out.append(to_text(Json(text)));
  }
}

void append_json(std::string& out, const ColumnView& column, std::size_t row) {
  if (column.is_null(row)) {
    out.append("null");
    return;
  }
  switch (column.type().kind) {
    case TypeKind::Boolean: out.append(column.boolean(row) ? "true" : "false"); return;
    case TypeKind::Int: out.append(format("{}", column.int32(row))); return;
    case TypeKind::Long: out.append(format("{}", column.int64(row))); return;
    case TypeKind::Float: return append_float(out, column.float32(row));
    case TypeKind::Double: return append_float(out, column.float64(row));
    case TypeKind::Decimal: return append_decimal(out, column.decimal(row), column.type().scale);
    case TypeKind::String: return append_json_text(out, column.bytes(row));
    case TypeKind::Binary: return append_base64(out, column.bytes(row));
    case TypeKind::Date: return append_json_text(out, date_text(column.int32(row)));
    case TypeKind::Timestamp:
      return append_json_text(out,
                              to_rfc3339(Timestamp(std::chrono::microseconds(column.int64(row)))));
    case TypeKind::Json: out.append(column.bytes(row)); return;
    case TypeKind::Struct: return append_struct(out, column, row);
    case TypeKind::List: return append_list(out, column, row);
    case TypeKind::Map: return append_map(out, column, row);
  }
}

std::string row_to_json(const Batch& batch, std::size_t row) {
  const std::vector<Field>& fields = batch.schema().fields;
  std::string out = "{";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_text(out, fields[i].name);
    out.push_back(':');
    append_json(out, ColumnView(fields[i].type, *batch.array().children[i]), row);
  }
  out.push_back('}');
  return out;
}

}  // namespace inlet
