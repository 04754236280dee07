#pragma once

#include <chrono>
#include <string_view>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::upkeep {

/// Spark's spelling of a time span, as table properties hold it: `interval 7 days`, `30 days`,
/// `interval 1 week 12 hours`. Config for months, years and what is no time span.
Result<std::chrono::milliseconds> parse_interval(std::string_view text);

/// How long removed files stay for readers of older versions: delta.deletedFileRetentionDuration,
/// or 7 days.
Result<std::chrono::milliseconds> file_retention(const delta::Snapshot& table);

/// How long older versions can be read at all: delta.logRetentionDuration, or 30 days.
Result<std::chrono::milliseconds> log_retention(const delta::Snapshot& table);

}  // namespace inlet::upkeep
