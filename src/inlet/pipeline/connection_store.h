#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/document.h"
#include "inlet/base/error.h"
#include "inlet/connect/options.h"

namespace inlet::pipeline {

/// A named way into a source, as the connections file holds it: parameters may be indirect,
/// `${env:GITHUB_TOKEN}` or `${cmd:pass show github}`, and are resolved when a run begins.
struct Connection {
  std::string name;
  std::string connector;
  std::map<std::string, std::string> parameters = {};
  std::string place = {};  ///< "file:line:column"
};

/// How indirections are resolved; passed in so that tests own the environment.
struct SecretResolver {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  /// Standard output of a shell command without its last line end; fails with Config on a non-zero
  /// exit.
  std::function<Result<std::string>(const std::string& command)> command;

  static SecretResolver system();
};

/// The connections file (YAML): `connections: {my_github: {connector: github, token:
/// "${env:GITHUB_TOKEN}"}}`.
class ConnectionStore {
 public:
  /// A missing file is an empty store. Fails with Config when the file is readable by group or
  /// others and holds a literal secret, naming the chmod that mends it.
  static Result<ConnectionStore> load(const std::filesystem::path& file);
  /// $XDG_CONFIG_HOME/inlet/connections.yaml, or ~/.config/inlet/connections.yaml.
  static std::filesystem::path default_file();

  const std::vector<Connection>& list() const { return connections_; }
  /// NotFound with "did you mean".
  Result<Connection> find(std::string_view name) const;
  /// Adds or replaces one and writes the file with mode 0600, atomically.
  Status add(Connection connection);

 private:
  std::filesystem::path file_;
  std::vector<Connection> connections_;
};

/// The connection's parameters, indirections resolved, checked against the connector's `specs`.
/// Errors never hold a resolved value.
Result<Options> resolve(const Connection& connection, const std::vector<OptionSpec>& specs,
                        const SecretResolver& resolver);

}  // namespace inlet::pipeline
