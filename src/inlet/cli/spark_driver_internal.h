#pragma once

#include <string>
#include <string_view>

#include "inlet/base/error.h"

namespace inlet::cli {

inline constexpr const char* kSparkDriverFile = "ingest.py";
/// What Spark runs: the wheel does the work.
std::string spark_driver_script();

/// A pipeline's spec as it stands. It names the connection and holds no secret.
struct SpecFile {
  std::string name;  ///< with the ending `.yaml` or `.json`
  std::string text;
};
Result<SpecFile> read_spec_file(std::string_view path);

}  // namespace inlet::cli
