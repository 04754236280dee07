#pragma once

#include <string_view>

#include "inlet/data/column_builder.h"

namespace inlet::decode {

/// Appends the bytes that `text` spells. False, with nothing appended, when it is not of that
/// spelling: base64 = the standard alphabet with its padding; hex = pairs of digits, any case.
bool append_base64(ColumnBuilder& column, std::string_view text);
bool append_hex(ColumnBuilder& column, std::string_view text);

}  // namespace inlet::decode
