#pragma once

#include "inlet/rest/plan.h"

namespace inlet::rest {

/// Compiles one table of `api.spec`; tables that come before it may already be there.
Result<TablePlan> load_table(const ApiPlan& api, const TableSpec& table);

/// Fills TablePlan::options: the shared options that the table or a parent of it uses, its own, and
/// the engine's (page_size, max_records, start_at, lookback) where they mean something.
Status choose_options(const ApiPlan& api, TablePlan& table);

}  // namespace inlet::rest
