#include "inlet/data/empty_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlet/data/batch_json.h"
#include "inlet/data/column_builder.h"

namespace inlet {
namespace {

Batch rows_of(const std::vector<std::string>& texts) {
  BatchBuilder builder(std::make_shared<const Schema>(Schema{{{"a", {TypeKind::String}},
                                                              {"b", {TypeKind::String}},
                                                              {"c", {TypeKind::String}, false},
                                                              {"n", {TypeKind::Long}}}}));
  for (const std::string& text : texts) {
    for (std::size_t column = 0; column < 3; ++column) builder.column(column).append_bytes(text);
    builder.column(3).append_int64(static_cast<std::int64_t>(text.size()));
  }
  return builder.finish();
}

TEST(EmptyTexts, AreNullInTheNamedColumnsThatMayBeNull) {
  const std::vector<std::string> named = {"a", "c", "n", "absent"};
  const Batch changed = null_for_empty_texts(rows_of({"x", "", "yy"}), named);
  EXPECT_EQ(row_to_json(changed, 0), R"({"a":"x","b":"x","c":"x","n":1})");
  EXPECT_EQ(row_to_json(changed, 1), R"({"a":null,"b":"","c":"","n":0})");
  EXPECT_EQ(row_to_json(changed, 2), R"({"a":"yy","b":"yy","c":"yy","n":2})");
}

TEST(EmptyTexts, ABatchWithoutThemIsNotCopied) {
  Batch rows = rows_of({"x"});
  const void* memory = rows.array().children[0]->buffers[2];
  const Batch same = null_for_empty_texts(std::move(rows), std::vector<std::string>{"a"});
  EXPECT_EQ(same.array().children[0]->buffers[2], memory);
}

}  // namespace
}  // namespace inlet
