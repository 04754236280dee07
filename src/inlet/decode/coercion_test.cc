#include "inlet/decode/coercion.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "inlet/base/format.h"
#include "inlet/decode/decoder.h"
#include "testkit/row_text.h"

namespace inlet::decode {
namespace {

// One line of a golden table: `type | options | JSON value | what the column holds, or "refused"`.
struct Case {
  std::string where;
  std::string type;
  std::string options;
  std::string input;
  std::string output;
};

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::vector<Case> read_cases(std::string_view policy) {
  const std::string name = format("coercion_{}.txt", policy);
  std::ifstream file(std::string(INLET_SOURCE_DIR) + "/src/inlet/decode/testdata/" + name);
  std::vector<Case> cases;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.starts_with("#")) continue;
    std::vector<std::string> cells;
    std::size_t begin = 0;
    for (std::size_t bar; (bar = line.find(" | ", begin)) != std::string::npos; begin = bar + 3) {
      cells.push_back(trimmed(line.substr(begin, bar - begin)));
    }
    cells.push_back(trimmed(line.substr(begin)));
    EXPECT_EQ(cells.size(), 4U) << name << ":" << number;
    if (cells.size() != 4) continue;
    cases.push_back(
        {format("{}:{}: {}", name, number, line), cells[0], cells[1], cells[2], cells[3]});
  }
  return cases;
}

DecodeOptions options_of(CoercionPolicy policy, std::string_view text) {
  DecodeOptions options{.policy = policy};
  Spellings& spellings = options.spellings;
  if (text == "base64") spellings.binary = BinarySpelling::Base64;
  if (text == "hex") spellings.binary = BinarySpelling::Hex;
  if (text == "zone +02:00") spellings.zone_minutes = 120;
  if (text == "epoch s") spellings.epoch = EpochUnit::Seconds;
  if (text == "epoch ms") spellings.epoch = EpochUnit::Milliseconds;
  if (text == "epoch us") spellings.epoch = EpochUnit::Microseconds;
  if (text == "rounding") spellings.rounds_decimals = true;
  if (text.starts_with("format ")) spellings.date_format = text.substr(7);
  return options;
}

std::string decoded(const Case& test, CoercionPolicy policy) {
  const bool is_not_null = test.type.ends_with(" not null");
  const std::string type = is_not_null ? test.type.substr(0, test.type.size() - 9) : test.type;
  const auto parsed = testkit::parse_type(type);
  if (!parsed) return parsed.error().message;
  auto decoder =
      make_decoder(Schema{{{"v", *parsed, !is_not_null}}}, options_of(policy, test.options));
  if (!decoder) return decoder.error().message;
  const std::string member = test.input == "(missing)" ? "" : "\"v\":" + test.input;
  const auto page = (*decoder)->decode({.body = "{" + member + "}", .format = PageFormat::NdJson});
  if (!page) return page.error().message;
  if (!page->bad.empty()) return "quarantined";
  if (!ColumnView::find(page->batch, kRescuedColumn)->is_null(0)) {
    EXPECT_TRUE(ColumnView::find(page->batch, "v")->is_null(0) || !parsed->fields.empty());
    const auto rescued = ColumnView::find(page->batch, kRescuedColumn)->bytes(0);
    const std::string value = testkit::value_text(*ColumnView::find(page->batch, "v"), 0);
    return parsed->fields.empty() || value == "null" ? "refused"
                                                     : format("{} and {}", value, rescued);
  }
  return testkit::value_text(*ColumnView::find(page->batch, "v"), 0);
}

void check_golden(CoercionPolicy policy) {
  const auto cases = read_cases(to_text(policy));
  EXPECT_GT(cases.size(), 60U);
  for (const Case& test : cases) EXPECT_EQ(decoded(test, policy), test.output) << test.where;
}

TEST(Coercion, StrictIsAsItsTableSays) {
  check_golden(CoercionPolicy::Strict);
}
TEST(Coercion, LenientIsAsItsTableSays) {
  check_golden(CoercionPolicy::Lenient);
}
TEST(Coercion, LakeflowIsAsItsTableSays) {
  check_golden(CoercionPolicy::Lakeflow);
}

// A random number's text: digits, perhaps a fraction, perhaps an exponent.
std::string random_number(std::mt19937_64& random) {
  const auto digits = [&](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + random() % 10);
    return text;
  };
  std::string text = random() % 2 == 0 ? "-" : "";
  text += static_cast<char>('1' + random() % 9);
  text += digits(random() % 22);
  if (random() % 2 == 0) text += "." + digits(1 + random() % 20);
  if (random() % 3 == 0) text += format("e{}", static_cast<int>(random() % 40) - 20);
  return text;
}

// The number written out with `scale` digits after the point, by moving characters only; empty when
// digits would be lost.
std::string written_out(std::string text, int scale) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.erase(0, 1);
  int exponent = 0;
  if (const auto mark = text.find('e'); mark != std::string::npos) {
    exponent = std::stoi(text.substr(mark + 1));
    text.resize(mark);
  }
  std::size_t point = text.find('.');
  if (point == std::string::npos)
    point = text.size();
  else
    text.erase(point, 1);
  std::string digits = std::string(60, '0') + text + std::string(60, '0');
  const auto new_point = static_cast<std::size_t>(static_cast<int>(point) + 60 + exponent);
  const std::size_t end = new_point + static_cast<std::size_t>(scale);
  if (digits.find_first_not_of('0', end) != std::string::npos) return "";
  std::string whole = digits.substr(0, new_point);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  std::string result =
      scale == 0 ? whole : whole + "." + digits.substr(new_point, static_cast<std::size_t>(scale));
  const bool is_zero = result.find_first_not_of("0.") == std::string::npos;
  return is_negative && !is_zero ? "-" + result : result;
}

TEST(Coercion, NumbersKeepTheirDigits) {
  std::mt19937_64 random(7);
  const Schema schema{{{"l", Type{TypeKind::Long}},
                       {"d", Type::decimal(38, 9)},
                       {"s", Type{TypeKind::String}},
                       {"j", Type{TypeKind::Json}}}};
  auto decoder = *make_decoder(schema, {});
  int num_longs = 0;
  int num_decimals = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_number(random);
    const auto page =
        *decoder->decode({.body = format(R"({{"l":{0},"d":{0},"s":{0},"j":{0}}})", text),
                          .format = PageFormat::NdJson});
    ASSERT_EQ(page.batch.num_rows(), 1U);
    const auto view = [&](const char* name) { return *ColumnView::find(page.batch, name); };
    ASSERT_EQ(view("s").bytes(0), text);
    ASSERT_EQ(view("j").bytes(0), text);
    const std::string integer = written_out(text, 0);
    const bool fits = integer.size() <= 18 && !integer.empty();
    if (fits || !view("l").is_null(0)) {
      ASSERT_EQ(testkit::value_text(view("l"), 0), integer) << text;
      ++num_longs;
    }
    const std::string decimal = written_out(text, 9);
    const bool decimal_fits = !decimal.empty() && decimal.size() <= 38;
    if (decimal_fits || !view("d").is_null(0)) {
      ASSERT_EQ(testkit::value_text(view("d"), 0), decimal) << text;
      ++num_decimals;
    }
  }
  EXPECT_GT(num_longs, 2000);
  EXPECT_GT(num_decimals, 5000);
}

TEST(Coercion, TextWithoutKindsIsReadAsTheColumnAsks) {
  Coercion strict(CoercionPolicy::Strict, {});
  ColumnBuilder integers(Type{TypeKind::Long});
  EXPECT_TRUE(strict.append_text(integers, "42"));
  EXPECT_FALSE(strict.append_text(integers, " 42"));
  EXPECT_FALSE(strict.append_text(integers, "1.5"));
  ColumnBuilder booleans(Type{TypeKind::Boolean});
  EXPECT_TRUE(strict.append_text(booleans, "true"));
  EXPECT_FALSE(strict.append_text(booleans, "yes"));
  ColumnBuilder texts(Type{TypeKind::String});
  EXPECT_TRUE(strict.append_text(texts, "042"));
  ColumnBuilder json(Type{TypeKind::Json});
  EXPECT_TRUE(strict.append_text(json, R"({ "a" : 1.50 })"));
  EXPECT_FALSE(strict.append_text(json, "no json"));
  EXPECT_EQ(integers.num_rows(), 1U);
  EXPECT_EQ(booleans.num_rows(), 1U);
  EXPECT_EQ(texts.num_rows(), 1U);
  EXPECT_EQ(json.num_rows(), 1U);
}

}  // namespace
}  // namespace inlet::decode
