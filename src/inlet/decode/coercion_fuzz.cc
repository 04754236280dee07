// Any text as any scalar into any column under any policy: no crash, a row exactly when it was
// taken.

#include <cstdint>
#include <string_view>

#include "inlet/base/try.h"
#include "inlet/decode/coercion.h"
#include "inlet/decode/number_text.h"

namespace inlet::decode {
namespace {

Type type_of(std::uint8_t choice) {
  const TypeKind kinds[] = {
      TypeKind::Boolean, TypeKind::Int,    TypeKind::Long, TypeKind::Float,     TypeKind::Double,
      TypeKind::String,  TypeKind::Binary, TypeKind::Date, TypeKind::Timestamp, TypeKind::Json};
  if (choice % 11 == 10) return Type::decimal(1 + choice % 38, choice % (1 + choice % 38));
  return Type{kinds[choice % 11]};
}

void check(std::uint8_t type, std::uint8_t rule, std::string_view text) {
  const CoercionPolicy policies[] = {CoercionPolicy::Strict, CoercionPolicy::Lenient,
                                     CoercionPolicy::Lakeflow};
  Spellings spellings{.binary = static_cast<BinarySpelling>(rule / 3 % 3),
                      .epoch = static_cast<EpochUnit>(rule / 9 % 3),
                      .date_format = "DD.MM.YYYY",
                      .rounds_decimals = rule % 2 == 0};
  if (rule % 4 == 0) spellings.zone_minutes = 330;
  Coercion coercion(policies[rule % 3], spellings);
  ColumnBuilder column(type_of(type));
  std::size_t num_rows = 0;
  const auto take = [&](bool is_taken) {
    num_rows += is_taken ? 1 : 0;
    CHECK(column.num_rows() == num_rows);
  };
  take(coercion.append_text(column, text));
  take(coercion.append(column, {Scalar::Kind::String, text}));
  take(coercion.append(column, {Scalar::Kind::True}));
  if (!is_json_number(text)) return;
  take(coercion.append(column, {Scalar::Kind::Number, text}));
  const auto integer = exact_integer(text);
  const auto floating = nearest_double(text);
  // Where a double is exact, both ways of reading have to agree.
  if (integer && floating && *integer > -(1LL << 53) && *integer < (1LL << 53)) {
    CHECK(static_cast<double>(*integer) == *floating);
  }
}

}  // namespace
}  // namespace inlet::decode

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  inlet::decode::check(data[0], data[1],
                       std::string_view(reinterpret_cast<const char*>(data) + 2, size - 2));
  return 0;
}
