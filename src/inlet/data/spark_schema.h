#pragma once

#include <string_view>

#include "inlet/base/json.h"
#include "inlet/data/type.h"

namespace inlet {

/// A schema as Spark's StructType JSON: what Delta's `schemaString` and `StructType.fromJson` hold.
/// Json columns become strings that carry the field metadata {"inlet.type":"json"}; comments become
/// metadata.
Json to_spark_json(const Schema& schema);

/// The reverse. Fails with Config for a type Inlet does not know (interval, variant, ...), naming
/// the column.
Result<Schema> from_spark_json(const Json& json);

}  // namespace inlet
