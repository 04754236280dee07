#include "inlet/data/batch_bytes.h"

#include <gtest/gtest.h>

#include "inlet/data/batch_json.h"
#include "inlet/data/column_builder.h"

namespace inlet {
namespace {

std::shared_ptr<const Schema> schema_of(std::vector<Field> fields) {
  return std::make_shared<const Schema>(Schema{std::move(fields)});
}

std::string bytes_of(const Batch& batch) {
  std::string bytes;
  append_bytes(bytes, batch);
  return bytes;
}

std::vector<std::string> rows_of(const Batch& batch) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < batch.num_rows(); ++row) rows.push_back(row_to_json(batch, row));
  return rows;
}

void expect_same(const Batch& batch) {
  const Result<Batch> read = read_batch(batch.shared_schema(), bytes_of(batch));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(rows_of(*read), rows_of(batch));
  EXPECT_EQ(read->schema(), batch.schema());
  for (std::size_t i = 0; i < batch.schema().fields.size(); ++i) {
    EXPECT_EQ(read->array().children[i]->null_count, batch.array().children[i]->null_count);
  }
}

const std::vector<TypeKind> kScalars = {
    TypeKind::Boolean, TypeKind::Int,    TypeKind::Long, TypeKind::Float, TypeKind::Double,
    TypeKind::String,  TypeKind::Binary, TypeKind::Json, TypeKind::Date,  TypeKind::Timestamp};

void append_scalar(ColumnBuilder& column, std::size_t row) {
  switch (column.type().kind) {
    case TypeKind::Boolean: return column.append_boolean(row % 3 == 0);
    case TypeKind::Int:
    case TypeKind::Date: return column.append_int32(static_cast<std::int32_t>(row * 7));
    case TypeKind::Long:
    case TypeKind::Timestamp: return column.append_int64(static_cast<std::int64_t>(row) << 33);
    case TypeKind::Float: return column.append_float32(static_cast<float>(row) / 3);
    case TypeKind::Double: return column.append_float64(static_cast<double>(row) / 3);
    case TypeKind::Decimal: return column.append_decimal(static_cast<int>(row) - 5);
    default: return column.append_bytes(std::string(row % 5, '7'));
  }
}

Batch scalars(std::size_t num_rows) {
  std::vector<Field> fields;
  for (const TypeKind kind : kScalars) fields.push_back({std::to_string(fields.size()), {kind}});
  fields.push_back({"decimal", Type::decimal(30, 3)});
  BatchBuilder rows(schema_of(fields));
  for (std::size_t row = 0; row < num_rows; ++row) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if ((row + i) % 4 == 0) {
        rows.column(i).append_null();
      } else {
        append_scalar(rows.column(i), row);
      }
    }
  }
  return rows.finish();
}

// Lists of 0, 1 and 2 structs, and maps of as many entries; every fourth is null.
Batch nested(std::size_t num_rows) {
  const Type item = Type::structure({{"text", {TypeKind::String}}, {"n", {TypeKind::Long}}});
  BatchBuilder rows(schema_of(
      {{"list", Type::list(item)}, {"map", Type::map({TypeKind::String}, {TypeKind::Int})}}));
  for (std::size_t row = 0; row < num_rows; ++row) {
    if (row % 4 == 3) {
      for (ColumnBuilder& column : rows.columns()) column.append_null();
      continue;
    }
    for (std::size_t i = 0; i < row % 3; ++i) {
      ColumnBuilder& element = rows.column(0).child(0);
      element.append_struct();
      element.child(0).append_bytes("t" + std::to_string(row));
      element.child(1).append_null();
      rows.column(1).child(0).append_bytes(std::to_string(i));
      rows.column(1).child(1).append_int32(static_cast<std::int32_t>(row));
    }
    for (ColumnBuilder& column : rows.columns()) column.end_list();
  }
  return rows.finish();
}

TEST(BatchBytes, BringBackEveryKindOfValueAndNull) {
  expect_same(scalars(100));
}

TEST(BatchBytes, BringBackNestedValues) {
  expect_same(nested(50));
}

TEST(BatchBytes, BringBackNoRows) {
  expect_same(scalars(0));
  expect_same(nested(0));
  // No elements in any row.
  expect_same(nested(1));
}

TEST(BatchBytes, BringBackListsWithoutATextInAnyRowAndWhatStandsBehindThem) {
  BatchBuilder rows(schema_of({{"list", Type::list({TypeKind::String})}, {"n", {TypeKind::Long}}}));
  for (std::size_t row = 0; row < 3; ++row) {
    rows.column(0).end_list();
    rows.column(1).append_int64(static_cast<std::int64_t>(row));
  }
  expect_same(rows.finish());
}

TEST(BatchBytes, CutShortAnywhereAreRefused) {
  const Batch batch = nested(9);
  const std::string bytes = bytes_of(batch);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_batch(batch.shared_schema(), std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().kind, ErrorKind::Unavailable);
  }
}

TEST(BatchBytes, WithMoreBehindThemAreRefused) {
  const Batch batch = scalars(3);
  EXPECT_FALSE(read_batch(batch.shared_schema(), bytes_of(batch) + "x"));
}

}  // namespace
}  // namespace inlet
