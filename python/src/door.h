#pragma once

#include <iostream>
#include <map>
#include <memory>
#include <optional>
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
  /// Instead of a connections file: `connector` and parameters, by the connection's name.
  std::optional<std::map<std::string, std::map<std::string, std::string>>> connections = {};
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

/// A call whose spec and options are read, as the command of a name reads them.
class OpenCall {
 public:
  static Result<std::unique_ptr<OpenCall>> open(const PipelineCall& call,
                                                std::string_view command_name);

  const cli::World& world() const { return door_.world; }
  const pipeline::Spec& spec() const { return spec_; }
  const Options& options() const { return *options_; }
  const cli::Session& session() const { return *session_; }

 private:
  OpenCall() = default;

  Door door_;
  pipeline::Spec spec_;
  std::optional<Options> options_;
  std::optional<cli::Session> session_;
};

}  // namespace inlet::python
