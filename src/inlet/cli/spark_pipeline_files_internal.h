#pragma once

#include <string>
#include <vector>

#include "inlet/cli/generated_folder.h"
#include "inlet/cli/portable_connection_internal.h"
#include "inlet/cli/spark_driver_internal.h"

namespace inlet::cli {

inline constexpr const char* kSparkPipelineFile = "spark-pipeline.yml";

/// What a project of `spark-pipelines` is made of.
struct SparkPipelinePlan {
  std::string name;  ///< of the pipeline
  SpecFile spec;
  PortableConnection connection;
  std::string warehouse;  ///< a URL
  std::string storage;    ///< a URL: checkpoints and landed pages
  std::vector<std::string> only = {};
};

/// The same for the same plan, byte for byte.
GeneratedFiles spark_pipeline_files(const SparkPipelinePlan& plan);

}  // namespace inlet::cli
