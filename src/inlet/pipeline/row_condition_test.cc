#include "inlet/pipeline/row_condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/decode/decoder.h"

namespace inlet::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Schema schema() {
  return {{{.name = "id", .type = {TypeKind::Long}},
           {.name = "op", .type = {TypeKind::String}},
           {.name = "gone", .type = {TypeKind::Boolean}},
           {.name = "price", .type = Type::decimal(10, 2)},
           {.name = "at", .type = {TypeKind::Timestamp}},
           {.name = "user", .type = Type::structure({{.name = "name", .type = {}}})},
           {.name = "odd name", .type = {TypeKind::Int}}}};
}

std::vector<std::uint32_t> matches(std::string_view condition) {
  const Page page{.body = R"([
    {"id": 0, "op": "I", "gone": false, "price": 1.50, "at": "2026-01-01T00:00:00Z", "user": {"name": "a"}},
    {"id": 1, "op": "D", "gone": true, "price": -2, "at": "2026-06-01T00:00:00Z", "odd name": 7},
    {"id": 2},
    {"id": 3, "op": "it's", "gone": true, "price": 10.00, "user": {"name": "b"}}])"};
  const auto decoder = decode::make_decoder(schema(), {.has_rescued_column = false}).value();
  const decode::DecodedPage decoded = decoder->decode(page).value();
  const auto parsed = RowCondition::parse(condition, schema());
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed->matches(decoded.batch);
}

TEST(RowCondition, ComparesAsTheColumnsTypeDoes) {
  EXPECT_THAT(matches("op = 'D'"), ElementsAre(1));
  EXPECT_THAT(matches("op = 'it''s'"), ElementsAre(3));
  EXPECT_THAT(matches("id >= 2"), ElementsAre(2, 3));
  EXPECT_THAT(matches("price < 2"), ElementsAre(0, 1));
  EXPECT_THAT(matches("price <> 1.5"), ElementsAre(1, 3));
  EXPECT_THAT(matches("at > '2026-03-01T00:00:00Z'"), ElementsAre(1));
  EXPECT_THAT(matches("user.name = 'b'"), ElementsAre(3));
  EXPECT_THAT(matches("`odd name` == 7"), ElementsAre(1));
  EXPECT_THAT(matches("gone = TRUE"), ElementsAre(1, 3));
}

TEST(RowCondition, KnowsSqlsThreeTruths) {
  EXPECT_THAT(matches("gone"), ElementsAre(1, 3));
  EXPECT_THAT(matches("NOT gone"), ElementsAre(0));
  EXPECT_THAT(matches("op IS NULL"), ElementsAre(2));
  EXPECT_THAT(matches("op is not null and gone"), ElementsAre(1, 3));
  EXPECT_THAT(matches("gone OR id = 2"), ElementsAre(1, 2, 3));
  EXPECT_THAT(matches("NOT (gone AND id = 2)"), ElementsAre(0, 1, 3));
  EXPECT_THAT(matches("op IN ('I', 'D')"), ElementsAre(0, 1));
  EXPECT_THAT(matches("op NOT IN ('I', 'D')"), ElementsAre(3));
  EXPECT_THAT(matches("id = 0 OR id = 1 AND op = 'x'"), ElementsAre(0));
  EXPECT_THAT(matches("(id = 0 OR id = 1) AND op = 'x'"), IsEmpty());
}

TEST(RowCondition, NamesWhatCannotBeRead) {
  const auto complaint = [](std::string_view text) {
    const auto parsed = RowCondition::parse(text, schema());
    return parsed ? std::string("no complaint") : parsed.error().message;
  };
  EXPECT_THAT(complaint("opp = 'D'"),
              HasSubstr("byte 1: there is no column \"opp\" (did you mean"));
  EXPECT_THAT(complaint("id = 'x'"),
              HasSubstr("byte 6: column id of type bigint cannot be compared"));
  EXPECT_THAT(complaint("op = 'D"), HasSubstr("byte 6: a literal was expected"));
  EXPECT_THAT(complaint("op"), HasSubstr("op is no boolean"));
  EXPECT_THAT(complaint("gone gone"), HasSubstr("byte 6: AND, OR or the end"));
  EXPECT_THAT(complaint("(gone"), HasSubstr("a closing parenthesis is missing"));
  EXPECT_THAT(complaint(""), HasSubstr("byte 1: a column was expected"));
  EXPECT_THAT(complaint("op IN ()"), HasSubstr("byte 8: a literal was expected"));
  EXPECT_THAT(complaint("user = 1"), HasSubstr("cannot be compared"));
}

}  // namespace
}  // namespace inlet::pipeline
