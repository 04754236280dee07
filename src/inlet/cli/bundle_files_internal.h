#pragma once

#include <map>
#include <string>
#include <vector>

#include "inlet/cli/generated_folder.h"
#include "inlet/cli/spark_driver_internal.h"
#include "inlet/connect/options.h"
#include "inlet/pipeline/connection_store.h"

namespace inlet::cli {

/// A connection as it may lie in a workspace: what is secret or comes from this machine is asked of
/// the environment, under the names that `variables` lists.
struct PortableConnection {
  std::string text;                    ///< of a connections file
  std::vector<std::string> variables;  ///< sorted, each once
};
PortableConnection to_portable(const pipeline::Connection& connection,
                               const std::vector<OptionSpec>& specs);

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
