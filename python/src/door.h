#pragma once

#include <iostream>
#include <map>
#include <string>
#include <string_view>

#include "inlet/cli/session.h"
#include "inlet/connect/registry.h"

namespace inlet::python {

/// What a call about a pipeline was given.
struct PipelineCall {
  std::string spec;            ///< the path of a file, or the spec itself as YAML
  bool is_text = false;        ///< which of the two
  std::string spec_name = {};  ///< of the pipeline, where the spec is a text
  /// By their names on the command line, and checked as they are there.
  std::map<std::string, std::string> options = {};
};

/// What a command of the program would see; nothing is printed. Stays where it was made.
struct Door {
  SystemClock clock = {};
  cli::World world = {.clock = clock,
                      .registry = registry(),
                      .resolver = pipeline::SecretResolver::system(),
                      .in = std::cin,
                      .out = std::cout,
                      .err = std::cerr};
};

/// Options of the command, checked as on the command line.
Result<Options> options_of(std::string_view command_name,
                           const std::map<std::string, std::string>& given);

Result<pipeline::Spec> load_spec(const PipelineCall& call);

}  // namespace inlet::python
