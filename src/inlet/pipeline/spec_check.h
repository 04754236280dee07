#pragma once

#include "inlet/base/error.h"
#include "inlet/connect/connector.h"
#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {

class OpenSource;

/// Holds one object against its connector: the table exists and every source option is known and
/// valid. The one validator of command line, Python and Spark. Errors name the option's own line
/// and column, and suggest keys of the engine as well as options of the table.
Result<Options> check_source_options(const TableObject& object, const Connector& connector);

/// The same, and what the source itself says: that it has the table, and that keys and sequence of
/// the spec are columns of it.
Status check_object(const TableObject& object, OpenSource& opened);

}  // namespace inlet::pipeline
