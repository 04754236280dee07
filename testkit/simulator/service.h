#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/base/error.h"
#include "testkit/simulator/fault.h"

namespace inlet::simulator {

/// One request as it came. Header names are lower case; of a repeated member the last one counts.
struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
  std::map<std::string, std::string, std::less<>> headers;
  std::string body;

  /// The value, or nullptr.
  const std::string* header(std::string_view name) const;
  const std::string* parameter(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
};

/// How many records to change, create and delete, by the simulated API's own words
/// (`issues=10`, `create_branches=2`).
using Changes = std::map<std::string, std::int64_t>;

/// The behaviour of one API, without sockets. Every member is called from many threads at once.
class Service {
 public:
  virtual ~Service() = default;

  /// `base_url` is known once the socket is bound; called before the first request.
  virtual void bound_to(std::string base_url) = 0;
  virtual Reply answer(const Request& request) = 0;
  /// The API's own shape for a Status, PrimaryLimit or SecondaryLimit fault.
  virtual Reply refuse(const Fault& fault, const Request& request) = 0;

  /// The tables that truth() knows.
  virtual std::vector<std::string> tables() const = 0;
  /// Hands over, as JSON lines, what a complete read of `table` would give now: a table's name, or
  /// the path and query of any list. `write` returns false to stop. Fails with NotFound.
  virtual Status truth(std::string_view table,
                       const std::function<bool(std::string_view lines)>& write) = 0;
  /// Changes records, deterministically from the seed and the number of earlier changes. Fails with
  /// Config on an unknown name.
  virtual Status mutate(const Changes& changes) = 0;
};

}  // namespace inlet::simulator
