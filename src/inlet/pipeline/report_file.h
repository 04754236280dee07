#pragma once

#include <string>
#include <string_view>

#include "inlet/pipeline/report.h"
#include "inlet/store/store.h"

namespace inlet::pipeline {

/// Names a run. Sorted by time in the folder of reports, and nobody else's: a commit tells by it
/// whose it is, and processes start in the same microsecond.
std::string make_run_id(Timestamp now, std::string_view pipeline);

/// Writes <warehouse>/_inlet/reports/<run id>.json; Conflict when another report has the name.
Status write_report(store::Store& store, const RunReport& report, std::string_view warehouse_url);

}  // namespace inlet::pipeline
