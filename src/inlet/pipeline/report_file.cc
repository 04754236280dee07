#include "inlet/pipeline/report_file.h"

#include <random>

#include "inlet/base/format.h"

namespace inlet::pipeline {

std::string make_run_id(Timestamp now, std::string_view pipeline) {
  std::string time = to_rfc3339(now);
  std::erase_if(time, [](char c) { return c == ':' || c == '-' || c == '.'; });
  std::random_device random;
  return format("{}-{}-{:08x}{:08x}", pipeline, time, random(), random());
}

Status write_report(store::Store& store, const RunReport& report, std::string_view warehouse_url) {
  const std::string url = format("{}/_inlet/reports/{}.json", warehouse_url, report.run_id);
  const std::string text = report.to_json().dump(2) + "\n";
  Status written = store.put(url, text, store::IfPresent::Fail);
  if (written || written.error().kind != ErrorKind::Conflict) return written;
  // A put that is repeated because its answer was lost meets itself.
  const Result<std::string> present = store.get(url);
  return present && *present == text ? Status{} : written;
}

}  // namespace inlet::pipeline
