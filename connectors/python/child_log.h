#pragma once

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/log.h"
#include "inlet/base/secret.h"

namespace inlet::python_class {

/// What a child process prints, line by line into the log, with the values of secrets left out.
/// Keeps the last lines of its error stream for a report of its end.
class ChildLog {
 public:
  enum class Stream { Output, Errors };

  ChildLog(Log log, std::vector<Secret> secrets);

  /// Bytes as they come: lines may be cut anywhere.
  void take(Stream stream, std::string_view bytes);
  /// What has no line end will not get one.
  void finish();
  /// `text` with `***` for every secret.
  std::string masked(std::string text) const;
  /// The last lines of the error stream, oldest first, masked.
  std::string last_lines() const;

 private:
  void write(Stream stream, std::string line);

  Log log_;
  std::vector<Secret> secrets_;
  std::array<std::string, 2> begun_;  ///< of each stream, the line that is not complete
  std::deque<std::string> last_;
};

}  // namespace inlet::python_class
