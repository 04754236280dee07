// Records like GitHub issues (592 bytes, nested user and labels, 25 words of body): decoding them
// into columns against a plain walk over the same bytes with simdjson On-Demand that takes every
// value and keeps none.
//   json_decoder_bench [records]

#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include "inlet/base/format.h"
#include "inlet/decode/json_decoder_internal.h"

namespace inlet::decode {
namespace {

Schema issue_schema() {
  const Type text{TypeKind::String};
  const Type number{TypeKind::Long};
  const Type time{TypeKind::Timestamp};
  return {
      {{"id", number, false},
       {"number", number},
       {"title", text},
       {"state", text},
       {"locked", Type{TypeKind::Boolean}},
       {"comments", number},
       {"created_at", time},
       {"updated_at", time},
       {"closed_at", time},
       {"author_association", text},
       {"user", Type::structure({{"login", text},
                                 {"id", number},
                                 {"type", text},
                                 {"site_admin", Type{TypeKind::Boolean}}})},
       {"labels", Type::list(Type::structure({{"id", number}, {"name", text}, {"color", text}}))},
       {"body", text}}};
}

std::string issues(std::size_t num_records) {
  std::mt19937_64 random(7);
  constexpr const char* kWords[] = {"when",    "the",    "table", "is",      "empty",
                                    "reader",  "commit", "fails", "with",    "error",
                                    "offset",  "page",   "again", "stream",  "partition",
                                    "nothing", "schema", "after", "restart", "slow"};
  const auto words = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      if (i > 0) text += ' ';
      text += kWords[random() % 20];
    }
    return text;
  };
  std::string lines;
  for (std::size_t i = 0; i < num_records; ++i) {
    const auto time = [&]() -> std::string {
      return format("20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}Z", 15 + random() % 10, 1 + random() % 12,
                    1 + random() % 28, random() % 24, random() % 60, random() % 60);
    };
    std::string labels;
    for (std::size_t k = random() % 4; k > 0; --k) {
      labels += format(R"({{"id":{},"name":"{}","color":"{:06x}"}}{})", 1000 + random() % 90,
                       kWords[random() % 20], random() % 0x1000000, k > 1 ? "," : "");
    }
    lines += format(
        R"({{"id":{},"number":{},"title":"{}","state":"{}","locked":{},"comments":{},"created_at":"{}","updated_at":"{}","closed_at":{},"author_association":"{}","user":{{"login":"user-{}","id":{},"type":"User","site_admin":false}},"labels":[{}],"body":"{}"}})",
        1'000'000'000 + i, i + 1, words(6), random() % 2 == 0 ? "open" : "closed",
        random() % 10 == 0, random() % 50, time(), time(),
        random() % 2 == 0 ? "null" : format("\"{}\"", time()), "CONTRIBUTOR", random() % 5000,
        1'000'000 + random() % 5000, labels, words(25));
    lines += '\n';
  }
  return lines;
}

/// Takes every value of a value; the sum keeps the compiler honest.
std::uint64_t walk(simdjson::ondemand::value value) {
  using simdjson::ondemand::json_type;
  std::uint64_t sum = 0;
  switch (value.type()) {
    case json_type::object:
      for (auto field : value.get_object()) {
        sum += std::string_view(field.unescaped_key()).size();
        sum += walk(field.value());
      }
      break;
    case json_type::array:
      for (auto item : value.get_array()) sum += walk(item.value());
      break;
    case json_type::string: sum += std::string_view(value.get_string()).size(); break;
    case json_type::number:
      sum += static_cast<std::uint64_t>(std::int64_t(value.get_int64()));
      break;
    case json_type::boolean: sum += bool(value.get_bool()) ? 1 : 0; break;
    case json_type::null: ++sum; break;
  }
  return sum;
}

std::uint64_t walk_page(const std::string& page) {
  simdjson::ondemand::parser parser;
  std::uint64_t sum = 0;
  simdjson::ondemand::document_stream documents =
      parser.iterate_many(page.data(), page.size(), 1 << 20);
  for (auto document : documents) {
    for (auto field : document.get_object()) {
      sum += std::string_view(field.unescaped_key()).size();
      sum += walk(field.value());
    }
  }
  return sum;
}

/// Processor time, so that other programs on the machine count less.
template <class Work>
double best_seconds(Work work) {
  double best = 1e9;
  for (int i = 0; i < 15; ++i) {
    const std::clock_t start = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

int run(std::size_t num_records) {
  Page page{.body = issues(num_records), .format = PageFormat::NdJson};
  page.body.reserve(page.body.size() + simdjson::SIMDJSON_PADDING);
  const double megabytes = static_cast<double>(page.body.size()) / 1e6;
  std::printf("%zu records of %zu bytes\n", num_records, page.body.size() / num_records);
  std::uint64_t sum = 0;
  const double walked = best_seconds([&] { sum += walk_page(page.body); });
  std::printf("simdjson walk  %8.1f MB/s (sum %llx)\n", megabytes / walked,
              static_cast<unsigned long long>(sum));
  for (const FastPath path : {FastPath::Unused, FastPath::Used}) {
    auto decoder = JsonDecoder::make(issue_schema(), {.keys = {"id"}}, path);
    if (!decoder) return 1;
    const double decoded = best_seconds([&] {
      const auto result = (*decoder)->decode(page);
      if (!result || result->batch.num_rows() != num_records) std::abort();
    });
    std::printf("%s %8.1f MB/s, %.2f x the walk\n",
                path == FastPath::Used ? "decoder       " : "no fast path  ", megabytes / decoded,
                walked / decoded);
  }
  return 0;
}

}  // namespace
}  // namespace inlet::decode

int main(int count, char** arguments) {
  return inlet::decode::run(count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 20'000);
}
