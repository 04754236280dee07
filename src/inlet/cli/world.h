#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <span>
#include <stop_token>

#include "inlet/base/clock.h"
#include "inlet/connect/connector.h"
#include "inlet/pipeline/connection_store.h"
#include "inlet/pipeline/run.h"

namespace inlet::cli {

/// Everything outside the program that a command may touch. The owner outlives the command; tests
/// make their own.
struct World {
  const Clock& clock;
  std::span<const Connector> registry;
  pipeline::SecretResolver resolver;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  /// Columns of the terminal that `out` is; 0: it is none.
  unsigned out_width = 0;
  /// Columns of the terminal that `err` is; 0: it is none, so progress comes as log lines.
  unsigned err_width = 0;
  /// A token that Ctrl-C stops. A command that asks for it promises to end by itself; before that,
  /// Ctrl-C ends the program at once.
  std::function<std::stop_token()> stop_on_interrupt = [] { return std::stop_token(); };
  /// Also told what happens in a run; may be null.
  pipeline::RunObserver* observer = nullptr;
  /// As in pipeline::RunContext.
  std::map<std::string, std::string> parameter_defaults = {};
};

}  // namespace inlet::cli
