#pragma once

#include <string>
#include <utility>

namespace inlet {

/// A value that may be sent to its owner's origin and nowhere else. It has no formatter, no stream
/// operator, no comparison and no conversion: the one way out is reveal(), which a reader can grep
/// for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// Valid while this Secret lives. Never put it in a message, a log line, an offset or a table.
  const std::string& reveal() const { return value_; }
  bool is_empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace inlet
