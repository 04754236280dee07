#include "inlet/data/column_builder.h"

#include <gtest/gtest.h>

#include <random>

namespace inlet {
namespace {

Batch one_column(const Type& type, ColumnBuilder& builder) {
  // A batch around one column, so that it can be read back with ColumnView.
  auto schema = std::make_shared<Schema>();
  schema->fields.push_back({"c", type});
  static const void* no_buffers[1] = {nullptr};
  struct Holder {
    ArrowArray child;
    ArrowArray* children[1];
  };
  auto* holder = new Holder{builder.finish(), {}};
  holder->children[0] = &holder->child;
  ArrowArray rows = {};
  rows.length = holder->child.length;
  rows.n_buffers = 1;
  rows.buffers = no_buffers;
  rows.n_children = 1;
  rows.children = holder->children;
  rows.private_data = holder;
  rows.release = [](ArrowArray* array) {
    auto* owned = static_cast<Holder*>(array->private_data);
    owned->child.release(&owned->child);
    delete owned;
    array->release = nullptr;
  };
  return Batch(schema, rows);
}

TEST(ColumnBuilder, KeepsScalarsAndNulls) {
  ColumnBuilder builder(Type{TypeKind::Long});
  for (std::int64_t i = 0; i < 1000; ++i) {
    if (i % 7 == 3)
      builder.append_null();
    else
      builder.append_int64(i * i);
  }
  const Batch batch = one_column(Type{TypeKind::Long}, builder);
  const ColumnView view = *ColumnView::find(batch, "c");
  for (std::size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(view.is_null(i), i % 7 == 3);
    if (i % 7 != 3) {
      ASSERT_EQ(view.int64(i), static_cast<std::int64_t>(i * i));
    }
  }
  EXPECT_EQ(batch.array().children[0]->null_count, 143);
}

TEST(ColumnBuilder, HasNoValidityBitmapWithoutNulls) {
  ColumnBuilder builder(Type{TypeKind::Int});
  builder.append_int32(1);
  ArrowArray array = builder.finish();
  EXPECT_EQ(array.buffers[0], nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.buffers[1]) % 64, 0U);
  array.release(&array);
  EXPECT_EQ(array.release, nullptr);
}

TEST(ColumnBuilder, KeepsEveryScalarKind) {
  const auto schema = std::make_shared<Schema>(Schema{{{"b", Type{TypeKind::Boolean}},
                                                       {"i", Type{TypeKind::Int}},
                                                       {"f", Type{TypeKind::Float}},
                                                       {"d", Type{TypeKind::Double}},
                                                       {"m", Type::decimal(38, 2)},
                                                       {"s", Type{TypeKind::String}}}});
  BatchBuilder builder(schema);
  __extension__ const __int128 big = static_cast<__int128>(1) << 100;
  for (int i = 0; i < 300; ++i) {
    builder.column(0).append_boolean(i % 3 == 0);
    builder.column(1).append_int32(-i);
    builder.column(2).append_float32(static_cast<float>(i) / 4);
    builder.column(3).append_float64(i / 8.0);
    builder.column(4).append_decimal(big + i);
    builder.column(5).append_bytes(std::to_string(i));
  }
  const Batch batch = builder.finish();
  ASSERT_EQ(batch.num_rows(), 300U);
  for (std::size_t i = 0; i < 300; ++i) {
    const int n = static_cast<int>(i);
    EXPECT_EQ(ColumnView::find(batch, "b")->boolean(i), i % 3 == 0);
    EXPECT_EQ(ColumnView::find(batch, "i")->int32(i), -n);
    EXPECT_EQ(ColumnView::find(batch, "f")->float32(i), static_cast<float>(n) / 4);
    EXPECT_EQ(ColumnView::find(batch, "d")->float64(i), n / 8.0);
    EXPECT_TRUE(ColumnView::find(batch, "m")->decimal(i) == big + n);
    EXPECT_EQ(ColumnView::find(batch, "s")->bytes(i), std::to_string(i));
  }
}

TEST(ColumnBuilder, NestsListsOfStructs) {
  const Type type = Type::list(Type::structure({{"name", Type{TypeKind::String}}}));
  ColumnBuilder builder(type);
  ColumnBuilder& element = builder.child(0);
  for (int row = 0; row < 50; ++row) {
    for (int i = 0; i < row % 4; ++i) {
      element.child(0).append_bytes(std::to_string(row * 10 + i));
      element.append_struct();
    }
    if (row % 5 == 0)
      builder.truncate(builder.num_rows()), builder.append_null();
    else
      builder.end_list();
  }
  const Batch batch = one_column(type, builder);
  const ColumnView view = *ColumnView::find(batch, "c");
  for (std::size_t row = 0; row < 50; ++row) {
    ASSERT_EQ(view.is_null(row), row % 5 == 0);
    const auto [first, last] = view.range(row);
    ASSERT_EQ(last - first, row % 5 == 0 ? 0 : row % 4);
    for (std::size_t i = first; i < last; ++i) {
      EXPECT_EQ(view.child(0).child(0).bytes(i), std::to_string(row * 10 + i - first));
    }
  }
}

TEST(ColumnBuilder, PutsMapEntriesIntoOneStruct) {
  const Type type = Type::map(Type{TypeKind::String}, Type{TypeKind::Long});
  ColumnBuilder builder(type);
  builder.child(0).append_bytes("a");
  builder.child(1).append_int64(1);
  builder.child(0).append_bytes("b");
  builder.child(1).append_null();
  builder.end_list();
  const Batch batch = one_column(type, builder);
  const ArrowArray& map = *batch.array().children[0];
  ASSERT_EQ(map.n_children, 1);
  EXPECT_EQ(map.children[0]->length, 2);
  EXPECT_EQ(map.children[0]->n_children, 2);
  const ColumnView view = *ColumnView::find(batch, "c");
  EXPECT_EQ(view.child(0).bytes(1), "b");
  EXPECT_EQ(view.child(1).int64(0), 1);
  EXPECT_TRUE(view.child(1).is_null(1));
}

TEST(ColumnBuilder, NullStructIsNullInItsMembers) {
  const Type type = Type::structure({{"x", Type{TypeKind::Int}}});
  ColumnBuilder builder(type);
  builder.child(0).append_int32(1);
  builder.append_struct();
  builder.append_null();
  const Batch batch = one_column(type, builder);
  EXPECT_FALSE(ColumnView::find(batch, "c")->is_null(0));
  EXPECT_TRUE(ColumnView::find(batch, "c")->is_null(1));
  EXPECT_TRUE(ColumnView::find(batch, "c.x")->is_null(1));
}

TEST(ColumnBuilder, TruncateForgetsHalfARowAndItsNulls) {
  const auto schema = std::make_shared<Schema>(Schema{{{"s", Type{TypeKind::String}},
                                                       {"l", Type::list(Type{TypeKind::Boolean})},
                                                       {"n", Type{TypeKind::Int}}}});
  BatchBuilder builder(schema);
  std::minstd_rand random(1);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < 500; ++i) {
    const std::size_t row = kept.size();
    if (i % 3 == 0)
      builder.column(0).append_null();
    else
      builder.column(0).append_bytes(std::to_string(i));
    for (std::size_t k = 0; k < i % 5; ++k) builder.column(1).child(0).append_boolean(k % 2 == 0);
    if (random() % 2 == 0) {
      if (random() % 2 == 0) builder.column(1).end_list();
      builder.truncate(row);
      continue;
    }
    builder.column(1).end_list();
    builder.column(2).append_null();
    kept.push_back(i);
  }
  const Batch batch = builder.finish();
  ASSERT_EQ(batch.num_rows(), kept.size());
  std::int64_t num_nulls = 0;
  for (std::size_t row = 0; row < kept.size(); ++row) {
    const std::size_t i = kept[row];
    const ColumnView text = *ColumnView::find(batch, "s");
    ASSERT_EQ(text.is_null(row), i % 3 == 0);
    num_nulls += i % 3 == 0;
    if (i % 3 != 0) {
      EXPECT_EQ(text.bytes(row), std::to_string(i));
    }
    const ColumnView list = *ColumnView::find(batch, "l");
    const auto [first, last] = list.range(row);
    ASSERT_EQ(last - first, i % 5);
    for (std::size_t k = first; k < last; ++k) {
      EXPECT_EQ(list.child(0).boolean(k), (k - first) % 2 == 0);
    }
  }
  EXPECT_EQ(batch.array().children[0]->null_count, num_nulls);
}

TEST(ColumnBuilder, CanBeFilledAgainAfterFinish) {
  const auto schema = std::make_shared<Schema>(Schema{{{"s", Type{TypeKind::String}}}});
  BatchBuilder builder(schema);
  builder.column(0).append_null();
  builder.column(0).append_bytes("first");
  const Batch first = builder.finish();
  EXPECT_EQ(builder.num_rows(), 0U);
  builder.column(0).append_bytes("second");
  const Batch second = builder.finish();
  EXPECT_EQ(ColumnView::find(first, "s")->bytes(1), "first");
  EXPECT_EQ(ColumnView::find(second, "s")->bytes(0), "second");
  EXPECT_EQ(second.array().children[0]->null_count, 0);
}

TEST(ColumnBuilder, EmptyBatchHasEveryBuffer) {
  const auto schema = std::make_shared<Schema>(
      Schema{{{"s", Type{TypeKind::String}}, {"l", Type::list(Type{TypeKind::Long})}}});
  const Batch batch = BatchBuilder(schema).finish();
  EXPECT_EQ(batch.num_rows(), 0U);
  const ArrowArray& text = *batch.array().children[0];
  ASSERT_NE(text.buffers[1], nullptr);
  EXPECT_EQ(*static_cast<const std::int32_t*>(text.buffers[1]), 0);
  EXPECT_NE(text.buffers[2], nullptr);
}

TEST(ColumnBuilder, ReservedBytesCanBeWrittenInPlace) {
  ColumnBuilder builder(Type{TypeKind::String});
  for (int i = 0; i < 200; ++i) {
    char* text = builder.reserve_bytes(100);
    std::fill_n(text, 10, static_cast<char>('a' + i % 26));
    builder.commit_bytes(10);
  }
  const Batch batch = one_column(Type{TypeKind::String}, builder);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(ColumnView::find(batch, "c")->bytes(i),
              std::string(10, static_cast<char>('a' + i % 26)));
  }
}

}  // namespace
}  // namespace inlet
