#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/pipeline/run.h"

namespace inlet::python {

/// Tells nobody anything.
class Unobserved final : public pipeline::RunObserver {
 public:
  void on_step(pipeline::Step, const std::string&) override {}
  void on_progress(const pipeline::Progress&) override {}
};

/// What calls from Python run in: this machine's clock and environment, every connector, and the
/// connections that the caller named. Immutable, shared by all that is open.
class World {
 public:
  /// `store_options`: `name=value`, beside those of the environment. `defaults`: values of
  /// parameters that connections do not give, before those of the package.
  static Result<std::shared_ptr<World>> make(pipeline::ConnectionStore connections,
                                             const std::vector<std::string>& store_options,
                                             std::map<std::string, std::string> defaults = {});
  /// With the connections of `file`; none: the default file.
  static Result<std::shared_ptr<World>> make(const std::optional<std::string>& file,
                                             const std::vector<std::string>& store_options,
                                             std::map<std::string, std::string> defaults);

  bool has(std::string_view connection) const { return connections_.find(connection).has_value(); }
  pipeline::RunContext context(pipeline::RunObserver& observer) const;
  Result<pipeline::OpenSource> open(std::string_view connection) const;
  const store::StoreOptions& store_options() const { return store_options_; }

 private:
  World() = default;

  SystemClock clock_;
  Log log_;
  pipeline::ConnectionStore connections_;
  store::StoreOptions store_options_;
  std::map<std::string, std::string> parameter_defaults_;
  mutable Unobserved unobserved_;
};

}  // namespace inlet::python
