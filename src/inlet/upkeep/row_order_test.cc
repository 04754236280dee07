#include "inlet/upkeep/row_order.h"

#include <numeric>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::upkeep {
namespace {

using delta::Snapshot;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::SizeIs;

/// A cell of a grid, or a row of any two numbers; nullopt: null.
struct Point {
  std::optional<std::int64_t> x;
  std::optional<std::int64_t> y;
};

class RowOrderTest : public delta::TableFixture {
 protected:
  static Schema points_schema() {
    return {{{.name = "x", .type = {TypeKind::Long}}, {.name = "y", .type = {TypeKind::Long}}}};
  }
  static Batch batch_of(const std::vector<Point>& points) {
    BatchBuilder builder(std::make_shared<const Schema>(points_schema()));
    for (const Point& point : points) {
      point.x ? builder.column(0).append_int64(*point.x) : builder.column(0).append_null();
      point.y ? builder.column(1).append_int64(*point.y) : builder.column(1).append_null();
    }
    return builder.finish();
  }
  /// The points in the order that they are given by `columns`.
  std::vector<Point> ordered(const std::vector<Point>& points, std::vector<std::string> columns) {
    const Snapshot empty = make_table(points_schema());
    const Snapshot table = must_commit(empty, {.add = {write_file(empty, batch_of(points))}});
    const auto order = RowOrder::make(table, table.files().value(), std::move(columns));
    EXPECT_TRUE(order) << order.error().message;
    const std::vector<std::string> keys = order->keys(batch_of(points), 0).value();
    std::vector<std::size_t> rows(points.size());
    std::iota(rows.begin(), rows.end(), 0U);
    std::ranges::sort(rows, {}, [&](std::size_t row) { return keys[row]; });
    std::vector<Point> sorted;
    for (const std::size_t row : rows) sorted.push_back(points[row]);
    return sorted;
  }
  static std::vector<std::int64_t> ys(const std::vector<Point>& points) {
    std::vector<std::int64_t> found;
    for (const Point& point : points) found.push_back(point.y.value());
    return found;
  }
};

TEST_F(RowOrderTest, OneColumnSortsByItsValuesNullsFirst) {
  EXPECT_THAT(ys(ordered({{5, 1}, {-3, 2}, {{}, 3}, {4, 4}}, {"x"})), ElementsAre(3, 2, 4, 1));
}

TEST_F(RowOrderTest, RowsThatAreEqualStayAsTheyWere) {
  EXPECT_THAT(ys(ordered({{1, 9}, {0, 8}, {1, 7}, {0, 6}, {1, 5}}, {"x"})),
              ElementsAre(8, 6, 9, 7, 5));
}

TEST_F(RowOrderTest, ACurveThroughTwoColumnsGoesQuarterByQuarter) {
  std::vector<Point> grid;
  for (std::int64_t x = 0; x < 32; ++x) {
    for (std::int64_t y = 0; y < 32; ++y) grid.push_back({x, y});
  }
  const std::vector<Point> sorted = ordered(grid, {"x", "y"});
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const bool is_high_x = quarter >= 2;
    const bool is_high_y = quarter % 2 == 1;
    for (std::size_t row = quarter * 256; row < (quarter + 1) * 256; ++row) {
      ASSERT_EQ(sorted[row].x.value() >= 16, is_high_x) << row;
      ASSERT_EQ(sorted[row].y.value() >= 16, is_high_y) << row;
    }
  }
}

/// 100 and 1,000,000 are as far from each other as any two neighbours.
TEST_F(RowOrderTest, OnTheCurveRowsCountAndNotTheSizeOfValues) {
  std::vector<Point> points;
  for (std::int64_t n = 0; n < 256; ++n)
    points.push_back({n % 16 < 8 ? n % 16 : n % 16 * 1'000'000, n / 16});
  const std::vector<Point> sorted = ordered(points, {"x", "y"});
  for (std::size_t row = 0; row < 128; ++row) ASSERT_LT(sorted[row].x.value(), 8) << row;
}

TEST_F(RowOrderTest, AColumnOfTwoValuesCountsAsMuchAsAnother) {
  std::vector<Point> points;
  for (std::int64_t n = 0; n < 256; ++n) points.push_back({n, n % 2});
  const std::vector<Point> sorted = ordered(points, {"x", "y"});
  for (std::size_t row = 0; row < 64; ++row) {
    ASSERT_LT(sorted[row].x.value(), 128) << row;
    ASSERT_EQ(sorted[row].y.value(), 0) << row;
  }
}

TEST_F(RowOrderTest, CutsAreAscendingAndMakePartsOfAboutEqualSize) {
  const Snapshot table = people_table(1000);
  const auto order = RowOrder::make(table, table.files().value(), {"name"});
  const std::vector<std::string> cuts = order->cuts(4);
  ASSERT_THAT(cuts, SizeIs(3));
  EXPECT_TRUE(std::ranges::is_sorted(cuts));
  const std::vector<std::string> keys = order->keys(people(1, 1000), 0).value();
  const auto num_below = [&](const std::string& cut) {
    return std::ranges::count_if(keys, [&](const std::string& key) { return key < cut; });
  };
  EXPECT_EQ(num_below(cuts[0]), 250);
  EXPECT_EQ(num_below(cuts[1]), 500);
  EXPECT_EQ(num_below(cuts[2]), 750);
}

TEST_F(RowOrderTest, WithoutRowsThereAreNoCuts) {
  const Snapshot table = make_table(people_schema());
  EXPECT_THAT(RowOrder::make(table, {}, {"id", "name"}).value().cuts(8), IsEmpty());
}

TEST_F(RowOrderTest, AMemberOfAStructIsAColumnToo) {
  EXPECT_TRUE(check_order(people_schema(), {"user.login"}));
}

TEST_F(RowOrderTest, AnUnknownColumnIsRefusedWithTheNearestName) {
  const Status checked = check_order(people_schema(), {"id", "nam"});
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::Config);
  EXPECT_EQ(checked.error().message,
            "there is no column \"nam\" to order by (did you mean \"name\"?)");
}

TEST_F(RowOrderTest, NestedColumnsHaveNoOrder) {
  const Status checked = check_order(people_schema(), {"user"});
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("\"user\""));
}

TEST_F(RowOrderTest, AColumnIsNamedOnce) {
  const Status checked = check_order(people_schema(), {"id", "name", "id"});
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("twice"));
}

TEST_F(RowOrderTest, APartitionColumnHasNothingToOrder) {
  const std::vector<std::string> partition_columns = {"name"};
  EXPECT_TRUE(check_order(people_schema(), {"id"}, partition_columns));
  const Status checked = check_order(people_schema(), {"id", "name"}, partition_columns);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::Config);
  EXPECT_THAT(checked.error().message, HasSubstr("partitioned by \"name\""));
}

}  // namespace
}  // namespace inlet::upkeep
