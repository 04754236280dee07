#include "inlet/connect/table_metadata.h"

#include <array>
#include <span>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"

namespace inlet {
namespace {

// In the order of IngestionType.
constexpr std::array<std::string_view, 4> kNames = {"snapshot", "cdc", "cdc_with_deletes",
                                                    "append"};

}  // namespace

std::string_view to_text(IngestionType type) {
  return kNames.at(static_cast<std::size_t>(type));
}

Result<IngestionType> parse_ingestion_type(std::string_view text) {
  for (std::size_t index = 0; index < kNames.size(); ++index) {
    if (text == kNames.at(index)) return static_cast<IngestionType>(index);
  }
  return fail(ErrorKind::Config,
              format("no ingestion type \"{}\"{}; use snapshot, cdc, cdc_with_deletes or append",
                     text, did_you_mean(text, std::span<const std::string_view>(kNames))));
}

}  // namespace inlet
