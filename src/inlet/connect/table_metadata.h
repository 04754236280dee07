#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"

namespace inlet {

enum class IngestionType { Snapshot, Cdc, CdcWithDeletes, Append };

std::string_view to_text(IngestionType type);
/// Fails with Config, naming the four types.
Result<IngestionType> parse_ingestion_type(std::string_view text);

/// What `read_table_metadata` answers.
struct TableMetadata {
  std::vector<std::string> primary_keys = {};  ///< dotted paths are legal
  std::optional<std::string> cursor_field = {};
  IngestionType ingestion_type = IngestionType::Snapshot;
};

}  // namespace inlet
