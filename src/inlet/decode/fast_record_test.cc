#include <gtest/gtest.h>

#include <random>

#include "inlet/base/format.h"
#include "inlet/decode/fast_record_internal.h"
#include "inlet/decode/json_decoder_internal.h"
#include "testkit/row_text.h"

namespace inlet::decode {
namespace {

using namespace std::string_view_literals;

Schema wide_schema() {
  const Type text{TypeKind::String};
  Schema schema{
      {{"id", Type{TypeKind::Long}, false},
       {"name", text},
       {"a", Type{TypeKind::Int}},
       {"flag", Type{TypeKind::Boolean}},
       {"created_at", Type{TypeKind::Timestamp}},
       {"day", Type{TypeKind::Date}},
       {"price", Type::decimal(12, 3)},
       {"ratio", Type{TypeKind::Double}},
       {"small", Type{TypeKind::Float}},
       {"raw", Type{TypeKind::Json}},
       {"bytes", Type{TypeKind::Binary}},
       {"props", Type::map(text, Type{TypeKind::Long})},
       {"user", Type::structure({{"login", text},
                                 {"a_rather_long_member_name", Type{TypeKind::Long}},
                                 {"home", Type::structure({{"city", text}})}})},
       {"labels", Type::list(Type::structure({{"id", Type{TypeKind::Long}}, {"name", text}}))},
       {"matrix", Type::list(Type::list(Type{TypeKind::Int}))}}};
  return schema;
}

/// Writes random records: mostly as the schema says, in a few orders, with the odd surprise.
class RecordWriter {
 public:
  explicit RecordWriter(std::uint64_t seed) : random_(seed) {}

  std::string record() {
    space_ = one_in(4) ? " " : "";
    const Schema schema = wide_schema();
    return object(schema.fields);
  }

  /// A byte changed, doubled or taken out, or the text cut.
  std::string mutated(std::string text) {
    const std::size_t place = pick(text.size());
    constexpr std::string_view kBytes = "\"\\{}[],:0 \n\x00tnu-.e\xFF\x7F"sv;
    switch (pick(5)) {
      case 0: text[place] = kBytes[pick(kBytes.size())]; break;
      case 1: text.insert(place, 1, kBytes[pick(kBytes.size())]); break;
      case 2: text.erase(place, 1); break;
      case 3: text.resize(place); break;
      default: text.insert(place, text.substr(place, pick(20))); break;
    }
    return text;
  }

  std::size_t pick(std::size_t count) { return random_() % count; }
  bool one_in(std::size_t count) { return pick(count) == 0; }

 private:
  std::string object(const std::vector<Field>& fields) {
    std::vector<std::string> members;
    for (const Field& field : fields) {
      if (one_in(25)) continue;
      members.push_back(member(field.name, value(field.type)));
      if (one_in(60)) members.push_back(members.back());
      if (one_in(60)) members.push_back(member(one_in(2) ? "unknown" : "url", any()));
    }
    if (one_in(20) && !members.empty()) std::swap(members.front(), members[pick(members.size())]);
    return "{" + space_ + joined(members) + space_ + "}";
  }
  std::string member(const std::string& name, const std::string& value) {
    return format("\"{}\"{}:{}{}", name, one_in(100) ? " " : "", space_, value);
  }
  std::string joined(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : "," + space_) + item;
    return text;
  }
  std::string value(const Type& type) {
    if (one_in(15)) return "null";
    if (one_in(80)) return any();
    switch (type.kind) {
      case TypeKind::Boolean: return one_in(2) ? "true" : "false";
      case TypeKind::Int:
      case TypeKind::Long: return number(one_in(30));
      case TypeKind::Float:
      case TypeKind::Double:
      case TypeKind::Decimal: return number(!one_in(3));
      case TypeKind::Date: return format("\"20{:02}-{:02}-{:02}\"", pick(100), pick(14), pick(33));
      case TypeKind::Timestamp:
        return format("\"20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}{}\"", pick(100), 1 + pick(12),
                      1 + pick(31), pick(25), pick(61), pick(61),
                      one_in(5) ? ".123456789+01:00" : "Z");
      case TypeKind::Struct: return object(type.fields);
      case TypeKind::List: {
        std::vector<std::string> items(pick(4));
        for (std::string& item : items) item = value(type.fields[0].type);
        return "[" + space_ + joined(items) + "]";
      }
      case TypeKind::Map: return format("{{\"a\":{},\"b\":null}}", pick(9));
      case TypeKind::Json: return any();
      default: return text();
    }
  }
  std::string number(bool has_fraction) {
    std::string digits = std::to_string(random_() >> pick(64));
    if (has_fraction) digits += format(".{}", pick(100'000));
    if (one_in(20)) digits += format("e{}", static_cast<int>(pick(40)) - 20);
    return (one_in(4) ? "-" : "") + digits;
  }
  std::string text() {
    constexpr const char* kPieces[] = {"a",        "bc",     " ",       "word ",
                                       "\\n",      "\\\"",   "\\u00e9", "\\ud83d\\ude00",
                                       "\xC3\xA9", "\\\\",   "\\/",     "exactly sixteen.",
                                       "\\ud83d",  "\\u0000"};
    std::string result = "\"";
    for (std::size_t i = pick(one_in(4) ? 40 : 8); i > 0; --i) {
      result += kPieces[pick(one_in(6) ? std::size(kPieces) : 4)];
    }
    return result + "\"";
  }
  std::string any() {
    constexpr const char* kValues[] = {"1.50",       "{ \"x\" : [1, 2, {}] }",
                                       "\"text\"",   "[]",
                                       "true",       "null",
                                       "[[1],null]", "-0",
                                       "{}",         "1e400"};
    return kValues[pick(std::size(kValues))];
  }

  std::mt19937_64 random_;
  std::string space_;
};

std::string everything(const Result<DecodedPage>& page) {
  if (!page) return "error: " + page.error().message;
  std::string text;
  for (std::size_t i = 0; i < page->batch.num_rows(); ++i) {
    text += testkit::row_text(page->batch, i) + "\n";
  }
  for (const BadRecord& bad : page->bad)
    text += format("bad {}: {} {}\n", bad.position, bad.bytes, bad.reason);
  return text + format("{} {} {} {}", page->num_records, page->num_rescued,
                       page->num_repeated_members, page->num_truncated_times);
}

void check_same(const DecodeOptions& options, std::uint64_t seed, int num_pages) {
  const auto fast = *JsonDecoder::make(wide_schema(), options, FastPath::Used);
  const auto slow = *JsonDecoder::make(wide_schema(), options, FastPath::Unused);
  RecordWriter writer(seed);
  for (int i = 0; i < num_pages; ++i) {
    const bool is_lines = writer.one_in(2);
    Page page{.body = is_lines ? "" : "[",
              .format = is_lines ? PageFormat::NdJson : PageFormat::Json};
    const std::size_t num_records = writer.pick(6);
    for (std::size_t k = 0; k < num_records; ++k) {
      std::string record = writer.record();
      if (writer.one_in(6)) record = writer.mutated(std::move(record));
      if (k > 0) page.body += is_lines ? "\n" : ",";
      page.body += record;
    }
    if (!is_lines) page.body += "]";
    if (writer.one_in(3)) page.added = {{"name", "\"added\""}, {"a", "5"}};
    ASSERT_EQ(everything(fast->decode(page)), everything(slow->decode(page))) << page.body;
  }
}

TEST(FastRecord, GivesTheSameAsTheWayForUnusualRecords) {
  check_same({.keys = {"id"}}, 1, 3000);
}

TEST(FastRecord, GivesTheSameUnderLenient) {
  check_same({.policy = CoercionPolicy::Lenient,
              .spellings = {.binary = BinarySpelling::Base64, .zone_minutes = 60},
              .keys = {"user.login"}},
             2, 1000);
}

TEST(FastRecord, GivesTheSameWithoutARescuedColumnAndWithLittleDepth) {
  check_same({.has_rescued_column = false, .max_depth = 3}, 3, 1000);
}

TEST(FastRecord, ReadsWhatLooksAsExpectedByItself) {
  const auto plan = *make_plan(wide_schema(), {});
  BatchBuilder rows(std::make_shared<const Schema>(wide_schema()));
  Coercion coercion(CoercionPolicy::Strict, {});
  FastRecord fast(plan, rows.columns(), coercion, 128);
  ASSERT_TRUE(fast.is_usable());
  const auto is_read = [&](std::string_view text) {
    const std::size_t row = rows.num_rows();
    const char* const past = fast.read({text.data(), text.data() + text.size(), true, row}, {}, {});
    if (past == nullptr) rows.truncate(row);
    return past == text.data() + text.size();
  };
  EXPECT_TRUE(is_read(
      R"({"id":1,"name":"x","user":{"login":"l"},"labels":[{"id":1,"name":"n"}],"created_at":"2024-01-02T03:04:05Z"})"));
  EXPECT_TRUE(is_read(
      R"({ "name": "a \"quoted\" word, and so much text that it is longer than a block", "id": -5, "url": [1] })"));
  EXPECT_FALSE(is_read(R"({"name":"x"})"));
  EXPECT_FALSE(is_read(R"({"id":1,"id":2})"));
  EXPECT_FALSE(is_read(R"({"id":"1"})"));
  EXPECT_FALSE(is_read(R"({"id":1,"name":"cut)"));
  EXPECT_EQ(rows.num_rows(), 2U);
  EXPECT_EQ(rows.finish().array().children[12]->length, 2);
}

}  // namespace
}  // namespace inlet::decode
