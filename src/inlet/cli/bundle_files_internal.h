#pragma once

#include <string>

#include "inlet/cli/generated_folder.h"
#include "inlet/cli/portable_connection_internal.h"
#include "inlet/cli/spark_driver_internal.h"

namespace inlet::cli {

/// What a bundle is made of.
struct BundlePlan {
  std::string name;  ///< of pipeline, bundle and job
  SpecFile spec;
  PortableConnection connection;
  std::string warehouse;
  std::string schedule;  ///< in Quartz's form; empty: none
  std::string wheel;     ///< the file's name below dist/; empty: the released package
};

/// The same for the same plan, byte for byte. The wheel is not among them.
GeneratedFiles bundle_files(const BundlePlan& plan);

}  // namespace inlet::cli
