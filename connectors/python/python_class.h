#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/python/child_log.h"
#include "connectors/python/child_process.h"
#include "inlet/base/json.h"

namespace inlet::python_class {

/// Which class, and how it is found and made.
struct ClassSpec {
  std::string program;
  std::string name;  ///< module:Class
  std::vector<std::string> path;
  Secret pickle = {};
  std::map<std::string, std::string> texts = {};  ///< the parameters that it is made with,
  std::map<std::string, Secret> secrets = {};     ///< and those of them that nobody may see
};

/// An object of the class, in a process of its own, which the first call starts. A call that fails
/// in the process or is stopped ends it; the next one starts it anew. For one thread. Errors name
/// the class and the call and hold no secret.
class PythonObject {
 public:
  PythonObject(ClassSpec spec, const Log& log);

  const std::string& name() const { return spec_.name; }
  /// Calls a method of inlet_host.serve.Host with `request` (the member `call` is its name).
  Result<Json> call(const Json& request);
  /// The same for calls that send pages first: begin(), then next() until the frame is an answer.
  Status begin(const Json& request);
  Result<Frame> next(const std::stop_token& stop);
  /// Whatever is still to come is not wanted.
  void abandon() { process_.reset(); }

 private:
  Status start();
  Error in_call(Error error) const;
  Error failure(std::string_view body) const;

  ClassSpec spec_;
  ChildLog log_;
  std::unique_ptr<ChildProcess> process_;
  std::string what_;  ///< the call that is going on
};

}  // namespace inlet::python_class
