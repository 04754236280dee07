// Any bytes as a page: no crash, the sums are right, both ways of reading agree, and what became a
// row is JSON.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/decode/json_decoder_internal.h"

namespace inlet::decode {
namespace {

Schema fuzz_schema() {
  const Type text{TypeKind::String};
  return {{{"i", Type{TypeKind::Long}},
           {"s", text},
           {"t", Type{TypeKind::Timestamp}},
           {"d", Type::decimal(20, 4)},
           {"f", Type{TypeKind::Double}},
           {"b", Type{TypeKind::Boolean}},
           {"j", Type{TypeKind::Json}},
           {"m", Type::map(text, Type{TypeKind::Int})},
           {"o", Type::structure({{"s", text}, {"l", Type::list(Type{TypeKind::Int})}})},
           {"l", Type::list(Type::structure({{"i", Type{TypeKind::Int}, false}, {"s", text}}))}}};
}

/// The first byte chooses format, policy and pointer.
void check(std::uint8_t choice, std::string body) {
  const CoercionPolicy policies[] = {CoercionPolicy::Strict, CoercionPolicy::Lenient,
                                     CoercionPolicy::Lakeflow};
  const DecodeOptions options{.policy = policies[choice / 8 % 3], .max_depth = 16};
  Page page{.body = std::move(body)};
  page.format = choice % 2 == 0 ? PageFormat::NdJson : PageFormat::Json;
  if (choice % 4 == 3) page.records = "/o/*";
  const auto fast = JsonDecoder::make(fuzz_schema(), options, FastPath::Used);
  const auto slow = JsonDecoder::make(fuzz_schema(), options, FastPath::Unused);
  CHECK(fast && slow);
  const auto first = (*fast)->decode(page);
  const auto second = (*slow)->decode(page);
  CHECK(first.has_value() == second.has_value());
  if (!first) return;
  CHECK(first->num_records == first->batch.num_rows() + first->bad.size());
  CHECK(first->batch.num_rows() == second->batch.num_rows());
  CHECK(first->bad.size() == second->bad.size());
  CHECK(first->num_rescued == second->num_rescued);
  CHECK(first->num_repeated_members == second->num_repeated_members);
  CHECK(first->num_truncated_times == second->num_truncated_times);
  CHECK(first->batch.num_bytes() == second->batch.num_bytes());
  const bool is_whole = page.format == PageFormat::Json && first->bad.empty() &&
                        first->batch.num_rows() > 0 && page.records.empty();
  if (is_whole) {
    const std::string_view mark = "\xEF\xBB\xBF";
    const std::string_view text = page.body;
    CHECK(Json::accept(text.starts_with(mark) ? text.substr(mark.size()) : text) ||
          text.find("\\u") != std::string_view::npos);
  }
}

}  // namespace
}  // namespace inlet::decode

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  inlet::decode::check(data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
