#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/delta/table.h"
#include "inlet/pipeline/spec.h"
#include "inlet/pipeline/table_target.h"

namespace inlet::pipeline {

/// A table that rows of its object can be written to.
struct OpenTable {
  delta::Snapshot table;
  std::int64_t version_before = -1;  ///< before anything was done; -1: there was no table
  Schema decode_schema;  ///< the source's columns, in the types that the table gives them
  std::vector<std::string> added_columns = {};  ///< the paths of what it lacked
};

/// The target's table, with the columns that it lacked: made where there is none, evolved as the
/// object's schema_evolution says. Config where it is another kind of table than the spec asks for.
Result<OpenTable> open_table(const Clock& clock, std::shared_ptr<delta::Engine> engine,
                             const TableObject& object, const TableTarget& target);

}  // namespace inlet::pipeline
