#include "inlet/pipeline/connection_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/private_file_internal.h"

namespace inlet::pipeline {
namespace {

constexpr std::string_view kHeader =
    "# Connections of inlet. Values may be indirect: ${env:NAME} or ${cmd:shell command}.\n";

Result<std::string> parameter_text(const Document& value) {
  if (value.is_scalar()) return value.text();
  if (value.is_null()) return std::unexpected(value.key_error("a value is missing"));
  return to_text(value.to_json());
}

Result<Connection> read_connection(const std::string& name, const Document& document) {
  if (!document.is_map()) {
    return std::unexpected(document.error("expected members (connector: ..., parameters)"));
  }
  Connection connection{.name = name, .connector = {}};
  connection.place = document.where();
  for (const auto& [member, value] : document.members()) {
    std::string text = TRY(parameter_text(value));
    if (member == "connector") {
      connection.connector = std::move(text);
    } else {
      connection.parameters.emplace(member, std::move(text));
    }
  }
  if (connection.connector.empty()) {
    return std::unexpected(document.error(format("connection {} names no connector", name)));
  }
  split_connector(connection);
  return connection;
}

Result<std::vector<Connection>> read_connections(std::string_view text, const std::string& file) {
  std::vector<Connection> connections;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return connections;
  const Document document = TRY(Document::parse(text, file));
  TRY(document.expect_members({"connections"}));
  const Document* map = document.find("connections");
  if (map == nullptr || map->is_null()) return connections;
  if (!map->is_map()) return std::unexpected(map->error("expected connections (name: {...})"));
  for (const auto& [name, value] : map->members()) {
    connections.push_back(TRY(read_connection(name, value)));
  }
  return connections;
}

Result<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(ErrorKind::Config, format("cannot read {}", file.string()));
  return std::string{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool is_exposed(const std::filesystem::path& file) {
  struct stat status = {};
  return ::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

// JSON's quoted texts are YAML's.
std::string yaml_text(const std::string& text) {
  return to_text(Json(text));
}

std::string yaml_block(const Connection& connection) {
  std::string text = format("  {}:\n    connector: {}\n", yaml_text(connection.name),
                            yaml_text(connection.connector));
  for (const auto& [name, value] : connection.parameters) {
    text += format("    {}: {}\n", yaml_text(name), yaml_text(value));
  }
  return text;
}

bool is_same(const Connection& left, const Connection& right) {
  return left.name == right.name && left.connector == right.connector &&
         left.parameters == right.parameters;
}

// The file's text with the last of `connections` put behind what is there; the whole written anew
// when the result would not read back as `connections` (another indentation, a replaced one).
std::string text_with(const std::string& before, const std::vector<Connection>& connections) {
  std::string appended = before;
  if (!appended.empty() && appended.back() != '\n') appended.push_back('\n');
  appended += yaml_block(connections.back());
  const auto read = read_connections(appended, "connections");
  if (read &&
      std::equal(read->begin(), read->end(), connections.begin(), connections.end(), is_same)) {
    return appended;
  }
  std::string text = std::string(kHeader) + "connections:\n";
  for (const Connection& connection : connections) text += yaml_block(connection);
  return text;
}

}  // namespace

void split_connector(Connection& connection) {
  const auto colon = connection.connector.find(':');
  if (colon == std::string::npos) return;
  const std::string name = connection.connector.substr(0, colon);
  std::string held = connection.connector.substr(colon + 1);
  if (const auto last = held.rfind(':'); last != std::string::npos) {
    connection.parameters.insert_or_assign(name + "_module", held.substr(0, last));
    held.erase(0, last + 1);
  }
  connection.parameters.insert_or_assign(name + "_class", std::move(held));
  connection.connector = name;
}

Result<ConnectionStore> ConnectionStore::load(const std::filesystem::path& file) {
  ConnectionStore store;
  store.file_ = file;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return store;
  const std::string text = TRY(read_text(file));
  store.connections_ = TRY(read_connections(text, file.string()));
  if (!is_exposed(file)) return store;
  for (Connection& connection : store.connections_) connection.exposed_file = file.string();
  return store;
}

ConnectionStore ConnectionStore::of(std::vector<Connection> connections) {
  ConnectionStore store;
  store.connections_ = std::move(connections);
  for (Connection& connection : store.connections_) split_connector(connection);
  return store;
}

std::filesystem::path ConnectionStore::default_file() {
  const auto folder = [](const char* variable) {
    const char* value = std::getenv(variable);
    return std::filesystem::path(value == nullptr ? "" : value);
  };
  std::filesystem::path configuration = folder("XDG_CONFIG_HOME");
  if (configuration.empty()) configuration = folder("HOME") / ".config";
  return configuration / "inlet" / "connections.yaml";
}

Result<Connection> ConnectionStore::find(std::string_view name) const {
  std::vector<std::string> names;
  for (const Connection& connection : connections_) {
    if (connection.name == name) return connection;
    names.push_back(connection.name);
  }
  return fail(
      ErrorKind::NotFound,
      format("no connection \"{}\" in {}{}; add it with: inlet connection add {}", name,
             file_.string(), did_you_mean(name, std::span<const std::string>(names)), name));
}

Status ConnectionStore::add(Connection connection) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(file_, ignored);
  const std::string before =
      exists ? TRY(read_text(file_)) : std::string(kHeader) + "connections:\n";
  std::vector<Connection> connections = connections_;
  std::erase_if(connections, [&](const Connection& one) { return one.name == connection.name; });
  connection.exposed_file.clear();
  connections.push_back(std::move(connection));
  TRY(write_private_file(file_, text_with(before, connections)));
  connections_ = std::move(connections);
  for (Connection& one : connections_) one.exposed_file.clear();
  return {};
}

}  // namespace inlet::pipeline
