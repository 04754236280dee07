#include "inlet/apply/row_gather.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/data/batch_json.h"

namespace inlet::apply {
namespace {

using testing::HasSubstr;

Batch numbers_and_tags(std::int64_t first, std::int64_t last) {
  BatchBuilder rows(std::make_shared<const Schema>(
      Schema{{{"id", {TypeKind::Long}}, {"tags", Type::list({TypeKind::String})}}}));
  for (std::int64_t id = first; id <= last; ++id) {
    rows.column(0).append_int64(id);
    rows.column(1).child(0).append_bytes("t" + std::to_string(id));
    rows.column(1).end_list();
  }
  return rows.finish();
}

TEST(RowGather, TakesEachValueFromTheRowThatHasIt) {
  BatchBuilder names(std::make_shared<const Schema>(
      Schema{{{"name", {TypeKind::Json}}, {"id", {TypeKind::Long}}}}));
  names.column(0).append_bytes("7");
  names.column(1).append_int64(9);
  const Batch named = names.finish();
  const Batch tagged = numbers_and_tags(1, 3);
  const Schema schema{{{"id", {TypeKind::Long}},
                       {"name", {TypeKind::String}},
                       {"tags", Type::list({TypeKind::String})}}};
  RowGather gather(schema.fields);
  EXPECT_EQ(gather.add(tagged).value(), 0U);
  EXPECT_EQ(gather.add(named).value(), 1U);

  BatchBuilder rows(std::make_shared<const Schema>(schema));
  gather.append(rows.column(0), 0, {.batch = 0, .row = 2});
  gather.append(rows.column(1), 1, {.batch = 1, .row = 0});
  gather.append(rows.column(2), 2, {.batch = 0, .row = 1});
  gather.append(rows.column(0), 0, {.batch = 1, .row = 0});
  gather.append(rows.column(1), 1, {.batch = 0, .row = 0});
  gather.append(rows.column(2), 2, {.batch = 1, .row = 0});
  const Batch gathered = rows.finish();
  EXPECT_EQ(row_to_json(gathered, 0), R"({"id":3,"name":"7","tags":["t2"]})");
  EXPECT_EQ(row_to_json(gathered, 1), R"({"id":9,"name":null,"tags":null})");
}

TEST(RowGather, RefusesAColumnOfAnotherType) {
  const Batch batch = numbers_and_tags(1, 1);
  RowGather ids({{"id", {TypeKind::Int}}});
  const auto refused = ids.add(batch);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::Config);
  EXPECT_THAT(refused.error().message, HasSubstr("id is int in the table and bigint"));
  RowGather tags({{"tags", Type::list({TypeKind::Long})}});
  EXPECT_FALSE(tags.add(batch).has_value());
}

}  // namespace
}  // namespace inlet::apply
