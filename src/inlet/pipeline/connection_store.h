#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
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
  std::string connector;  ///< of the registry, once split_connector() was called
  std::map<std::string, std::string> parameters = {};
  std::string place = {};  ///< "file:line:column"
  /// The file that this came from, when group or others can read it; else empty.
  std::string exposed_file = {};
};

/// `connector: python:shop:Shop` is short for connector `python` with `python_module: shop` and
/// `python_class: Shop`. A store gives out only what is split.
void split_connector(Connection& connection);

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
  /// A missing file is an empty store. Complaints name file, line and column.
  static Result<ConnectionStore> load(const std::filesystem::path& file);
  /// Without a file, for callers that hold the parameters themselves.
  static ConnectionStore of(std::vector<Connection> connections);
  /// $XDG_CONFIG_HOME/inlet/connections.yaml, or ~/.config/inlet/connections.yaml.
  static std::filesystem::path default_file();

  const std::filesystem::path& file() const { return file_; }
  const std::vector<Connection>& list() const { return connections_; }
  /// NotFound with "did you mean".
  Result<Connection> find(std::string_view name) const;
  /// Adds or replaces one and writes the file with mode 0600, atomically. What a person wrote
  /// around the other connections stays where it can.
  Status add(Connection connection);

 private:
  std::filesystem::path file_;
  std::vector<Connection> connections_;
};

/// True when the value holds `${env:...}` or `${cmd:...}`.
bool is_indirect(std::string_view value);
/// `text` with every indirection replaced by what it stands for.
Result<std::string> resolve_text(std::string_view text, const SecretResolver& resolver);

/// The connection's parameters, indirections resolved, checked against the connector's `specs`.
/// Fails with Config when a secret stands literally in a file that group or others can read, naming
/// the chmod that mends it. Errors never hold a resolved value.
Result<Options> resolve(const Connection& connection, const std::vector<OptionSpec>& specs,
                        const SecretResolver& resolver);

}  // namespace inlet::pipeline
