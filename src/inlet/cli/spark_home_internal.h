#pragma once

#include <filesystem>
#include <string>

#include "inlet/pipeline/connection_store.h"

namespace inlet::cli {

/// The `spark-submit` to use: `given` (a path, may be empty), that of $SPARK_HOME, the first on
/// $PATH. Config with the remedy when there is none.
Result<std::filesystem::path> find_spark_submit(const std::string& given,
                                                const pipeline::SecretResolver& resolver);

/// Maven coordinates of the Delta release that goes with this Spark, by the jars that lie beside
/// it.
std::string delta_package(const std::filesystem::path& spark_submit);

}  // namespace inlet::cli
