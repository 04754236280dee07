#include "inlet/data/key_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "inlet/data/batch_json.h"
#include "inlet/data/row_key.h"

namespace inlet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

__extension__ using Signed128 = __int128;

const std::vector<Type> kScalars = {{TypeKind::Boolean},   {TypeKind::Int},    {TypeKind::Long},
                                    {TypeKind::Float},     {TypeKind::Double}, Type::decimal(38, 3),
                                    {TypeKind::String},    {TypeKind::Binary}, {TypeKind::Date},
                                    {TypeKind::Timestamp}, {TypeKind::Json}};

// Any bit pattern can come, the extremes often.
std::uint64_t random_bits(std::mt19937_64& random) {
  const std::uint64_t extremes[] = {0, 1, ~0ULL, 1ULL << 63, (1ULL << 63) - 1, 1ULL << 31};
  return random() % 4 == 0 ? extremes[random() % 6] : random() >> (random() % 64);
}

std::string random_text(std::mt19937_64& random) {
  std::string text;
  for (std::size_t n = random() % 6; n > 0; --n)
    text.push_back(
        "\0\1\xFF"
        "ab"[random() % 5]);
  return text;
}

void append_random(ColumnBuilder& column, std::mt19937_64& random) {
  if (random() % 8 == 0) return column.append_null();
  const std::uint64_t bits = random_bits(random);
  switch (column.type().kind) {
    case TypeKind::Boolean: return column.append_boolean(bits % 2 == 0);
    case TypeKind::Int:
    case TypeKind::Date: return column.append_int32(static_cast<std::int32_t>(bits));
    case TypeKind::Long:
    case TypeKind::Timestamp: return column.append_int64(static_cast<std::int64_t>(bits));
    case TypeKind::Float:
      return column.append_float32(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    case TypeKind::Double: return column.append_float64(std::bit_cast<double>(bits));
    case TypeKind::Decimal:
      return column.append_decimal(Signed128{static_cast<std::int64_t>(bits)} *
                                   static_cast<std::int32_t>(random_bits(random)));
    default: return column.append_bytes(random_text(random));
  }
}

std::string key_bytes(const Batch& batch, const std::vector<std::string>& paths, std::size_t row) {
  std::string bytes;
  RowKey::make(batch, paths).value().append_to(bytes, row);
  return bytes;
}

// Value for value, as far as the bits of a float go that its key keeps.
bool is_same(const ColumnView& a, const ColumnView& b, std::size_t row) {
  if (a.is_null(row) || b.is_null(row)) return a.is_null(row) == b.is_null(row);
  switch (a.type().kind) {
    case TypeKind::Boolean: return a.boolean(row) == b.boolean(row);
    case TypeKind::Int:
    case TypeKind::Date: return a.int32(row) == b.int32(row);
    case TypeKind::Long:
    case TypeKind::Timestamp: return a.int64(row) == b.int64(row);
    case TypeKind::Float:
      return a.float32(row) == b.float32(row) ||
             (std::isnan(a.float32(row)) && std::isnan(b.float32(row)));
    case TypeKind::Double:
      return a.float64(row) == b.float64(row) ||
             (std::isnan(a.float64(row)) && std::isnan(b.float64(row)));
    case TypeKind::Decimal: return a.decimal(row) == b.decimal(row);
    default: return a.bytes(row) == b.bytes(row);
  }
}

TEST(KeyValue, ComesBackOutOfItsBytesWhateverItsType) {
  std::mt19937_64 random(1);
  for (const Type& type : kScalars) {
    const auto schema = std::make_shared<const Schema>(Schema{{{"k", type}}});
    BatchBuilder rows(schema);
    for (int row = 0; row < 500; ++row) append_random(rows.column(0), random);
    const Batch batch = rows.finish();
    BatchBuilder copies(schema);
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      const std::string bytes = key_bytes(batch, {"k"}, row) + "rest";
      ASSERT_EQ(append_key_value(copies.column(0), bytes).value(), "rest") << to_text(type);
    }
    const Batch copied = copies.finish();
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
      ASSERT_EQ(key_bytes(copied, {"k"}, row), key_bytes(batch, {"k"}, row)) << to_text(type);
      // The bytes alone could be wrong in the same way there and back.
      ASSERT_TRUE(is_same(*ColumnView::find(copied, "k"), *ColumnView::find(batch, "k"), row))
          << to_text(type) << " in row " << row;
    }
  }
}

TEST(KeyValue, BytesThatHoldNoSuchValueAreRefusedAndAddNothing) {
  const auto expect_refused = [](const Type& type, std::string_view bytes) {
    ColumnBuilder column(type);
    const auto rest = append_key_value(column, bytes);
    ASSERT_FALSE(rest.has_value()) << to_text(type);
    EXPECT_EQ(rest.error().kind, ErrorKind::Bug);
    EXPECT_THAT(rest.error().message, HasSubstr(to_text(type)));
    EXPECT_EQ(column.num_rows(), 0U);
  };
  for (const Type& type : kScalars) {
    expect_refused(type, "");
    expect_refused(type, "\1");
  }
  expect_refused({TypeKind::Long}, "\1seven b");
  expect_refused({TypeKind::String}, "\1no end");
  expect_refused({TypeKind::String}, std::string_view("\1a\0", 3));
  expect_refused({TypeKind::String}, std::string_view("\1a\0\2", 4));
  expect_refused(Type::list({TypeKind::Long}), "\1");
}

std::shared_ptr<const Schema> nested_schema() {
  return std::make_shared<const Schema>(
      Schema{{{"note", {TypeKind::String}},
              {"user", Type::structure({{"login", {TypeKind::String}},
                                        {"org", Type::structure({{"id", {TypeKind::Long}},
                                                                 {"name", {TypeKind::String}}})},
                                        {"tags", Type::list({TypeKind::String})}})},
              {"a.b", {TypeKind::Long}},
              {"seq", {TypeKind::Timestamp}},
              {"is_gone", {TypeKind::Boolean}}}});
}

Batch nested_row() {
  BatchBuilder rows(nested_schema());
  rows.column(0).append_bytes("not part of the key");
  ColumnBuilder& user = rows.column(1);
  user.append_struct();
  user.child(0).append_bytes("ann");
  user.child(1).append_struct();
  user.child(1).child(0).append_int64(7);
  user.child(1).child(1).append_bytes("acme");
  user.child(2).child(0).append_bytes("x");
  user.child(2).end_list();
  rows.column(2).append_int64(5);
  rows.column(3).append_int64(1'000'000);
  rows.column(4).append_boolean(false);
  return rows.finish();
}

std::vector<std::string> rows_of(const Batch& batch) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < batch.num_rows(); ++row) rows.push_back(row_to_json(batch, row));
  return rows;
}

TEST(KeyRow, HasItsKeyAndSequenceAndNothingElse) {
  const Batch source = nested_row();
  const std::vector<std::string> keys = {"a.b", "user.org.id"};
  BatchBuilder rows(nested_schema());
  const Status appended = append_key_row(rows, keys, key_bytes(source, keys, 0), {"seq"},
                                         key_bytes(source, {"seq"}, 0), {"is_gone"});
  ASSERT_TRUE(appended.has_value()) << appended.error().message;
  rows.column(4).append_boolean(true);
  EXPECT_THAT(rows_of(rows.finish()),
              ElementsAre(R"({"note":null,"user":{"login":null,"org":{"id":7,"name":null},)"
                          R"("tags":null},"a.b":5,"seq":"1970-01-01T00:00:01Z","is_gone":true})"));
}

TEST(KeyRow, AColumnMayBeKeyAndSequence) {
  const Batch source = nested_row();
  const std::string bytes = key_bytes(source, {"seq"}, 0);
  BatchBuilder rows(nested_schema());
  ASSERT_TRUE(append_key_row(rows, {"seq"}, bytes, {"seq"}, bytes).has_value());
  EXPECT_THAT(rows_of(rows.finish()),
              ElementsAre(R"({"note":null,"user":null,"a.b":null,"seq":"1970-01-01T00:00:01Z",)"
                          R"("is_gone":null})"));
}

TEST(KeyRow, NothingStaysOfARowThatFails) {
  const Batch source = nested_row();
  const std::string bytes = key_bytes(source, {"user.org.id"}, 0);
  BatchBuilder rows(nested_schema());
  rows.append(source, 0, source.num_rows());
  const auto unknown = append_key_row(rows, {"user.org.id"}, bytes, {"user.nope"}, bytes);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error().message, HasSubstr("user.nope"));
  EXPECT_FALSE(append_key_row(rows, {"user.org.id"}, bytes + "more", {}, "").has_value());
  ASSERT_TRUE(append_key_row(rows, {"user.org.id"}, bytes, {}, "").has_value());
  EXPECT_THAT(rows_of(rows.finish()),
              ElementsAre(row_to_json(source, 0),
                          R"({"note":null,"user":{"login":null,"org":{"id":7,"name":null},)"
                          R"("tags":null},"a.b":null,"seq":null,"is_gone":null})"));
}

}  // namespace
}  // namespace inlet
