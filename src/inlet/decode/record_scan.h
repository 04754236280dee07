#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/connect/page.h"

namespace inlet::decode {

/// One record of a page, seen without decoding it.
struct ScannedRecord {
  std::uint32_t position = 0;
  std::string_view bytes;  ///< the record's JSON text
  /// JSON text of each asked pointer (empty view: missing), in the asked order.
  std::vector<std::string_view> values;
};

/// Walks a JSON or NDJSON page's records (Page::records) and picks the values at `pointers` (RFC
/// 6901, relative to the record): what cursors, parents and filters need before columns are made.
/// Positions are those of decoding. Views are valid during `visit`. A broken record is visited
/// without values. Fails with BadRecord when the page is no JSON or has no records at its pointer.
Status scan_records(const Page& page, const std::vector<std::string>& pointers,
                    const std::function<Status(const ScannedRecord&)>& visit);

/// The JSON text at `pointer` in a whole answer (next URLs, cursors, totals); NotFound when there
/// is none.
Result<std::string> value_at(std::string_view json, std::string_view pointer);

}  // namespace inlet::decode
