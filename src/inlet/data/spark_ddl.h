#pragma once

#include <string_view>

#include "inlet/data/type.h"

namespace inlet {

/// A schema in Spark's DDL: `id bigint NOT NULL COMMENT 'Unique.', user struct<login: string>,
/// labels array<string>`. Names may stand in back-ticks. Fails with Config, naming the place.
Result<Schema> parse_spark_ddl(std::string_view text);

}  // namespace inlet
