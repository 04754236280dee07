#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/column_builder.h"

namespace inlet {

/// The reverse of RowKey: appends the value that `bytes` begin with, which has the column's type,
/// and gives what follows it. A float comes back as its key compares: -0 as 0, every NaN as one.
/// Bug when `bytes` hold no such value; nothing is appended then.
Result<std::string_view> append_key_value(ColumnBuilder& column, std::string_view bytes);

/// Appends a row that has nothing but a key and a sequence, given as the RowKey bytes of those
/// dotted paths. All else is null, but for the structs on the way and for the columns named in
/// `left_out`, whose values the caller appends. Nothing is appended when it fails.
Status append_key_row(BatchBuilder& rows, const std::vector<std::string>& key_paths,
                      std::string_view key_bytes, const std::vector<std::string>& sequence_paths,
                      std::string_view sequence_bytes,
                      const std::vector<std::string>& left_out = {});

}  // namespace inlet
