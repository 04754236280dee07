#pragma once

#include <string>
#include <string_view>

#include "inlet/data/batch.h"

namespace inlet::testkit {

/// A type in Spark's simple spelling, nested ones included: `array<struct<a:int,b:string>>`.
Result<Type> parse_type(std::string_view text);

/// One value for golden files: numbers and booleans plain, texts as JSON strings, x'00ff', dates
/// and timestamps as ISO 8601 (microseconds only where there are any), [..], {..}, null.
std::string value_text(const ColumnView& column, std::size_t row);

/// One row as {name: value, ...}, in the order of the columns.
std::string row_text(const Batch& batch, std::size_t row);

}  // namespace inlet::testkit
