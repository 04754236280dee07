#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/base/error.h"
#include "testkit/simulator/fault.h"
#include "testkit/simulator/request_log.h"
#include "testkit/simulator/service.h"

namespace inlet::simulator {

/// What every simulator understands. `counts` and `settings` have names of the simulated API's own;
/// an unknown one is a Config error.
struct SimulatorOptions {
  int port = 0;  ///< 0: any free port.
  std::uint64_t seed = 1;
  std::map<std::string, std::int64_t> counts;   ///< Records by table: {"issues", 100000}.
  std::map<std::string, std::string> settings;  ///< {"token", "secret"}, {"rate_limit", "5000"}.
  std::vector<Fault> faults;
  const Clock* clock =
      nullptr;           ///< Borrowed while the simulator lives; nullptr: the machine's clock.
  int num_threads = 32;  ///< Connections served at a time.
};

/// An API on a loopback port, served by a Service. Same seed, same options: same answers.
/// Beside the API it answers
///   GET  /_simulator/truth/TABLE      JSON lines of what a complete read would give now
///   GET  /_simulator/truth?path=LIST  the same for any list of the API (path and query,
///   percent-encoded) POST /_simulator/mutate?NAME=N    change records POST /_simulator/faults a
///   body of one fault a line replaces the plan; empty: no faults GET  /_simulator/requests counts
///   by status and path; DELETE: from zero again
class Simulator {
 public:
  /// Binds 127.0.0.1 and serves until stop(). Fails with Unavailable when the port is taken.
  static Result<std::unique_ptr<Simulator>> start(std::unique_ptr<Service> service,
                                                  const SimulatorOptions& options);
  /// Stops as well.
  ~Simulator();

  /// http://127.0.0.1:PORT
  std::string base_url() const;
  int port() const;

  RequestCounts requests() const;
  void forget_requests();
  void set_faults(std::vector<Fault> faults);
  Status mutate(const Changes& changes);
  /// The whole truth as one text of JSON lines: see Service::truth().
  Result<std::string> truth(std::string_view table) const;

  /// Ends open connections; idempotent.
  void stop();

 private:
  class Server;
  explicit Simulator(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace inlet::simulator
