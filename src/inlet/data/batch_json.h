#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "inlet/data/batch.h"

namespace inlet {

/// Row `row` as one line of compact JSON, columns in the schema's order and nulls written out.
/// Integers and decimals keep every digit; timestamps are RFC 3339 in UTC, dates YYYY-MM-DD, binary
/// is base64; Json columns stand as the JSON they hold; NaN and the infinities are texts. Bytes
/// that are no UTF-8 are replaced.
std::string row_to_json(const Batch& batch, std::size_t row);

/// Appends one value the same way; null is `null`.
void append_json(std::string& out, const ColumnView& column, std::size_t row);

/// `text` as a JSON string, quotes included.
void append_json_text(std::string& out, std::string_view text);

}  // namespace inlet
