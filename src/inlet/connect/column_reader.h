#pragma once

#include "inlet/base/document.h"
#include "inlet/data/type.h"

namespace inlet {

/// Reads columns as connector files declare them. A column is
/// - `type sentence`, the type in Spark's spelling, with `!` when it is never null:
///   `bigint! Unique across GitHub.`
/// - members, for a struct; the member `_` is the sentence about the struct itself;
/// - a list of one column, for a list: `[string]`, `[{name: string}]`;
/// - `{"*": column}`, for a map from texts.
/// Fails with Config on an unknown type ("did you mean") and on names that differ only in case.
Result<Schema> read_columns(const Document& node);

}  // namespace inlet
