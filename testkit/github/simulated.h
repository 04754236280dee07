#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "inlet/base/json.h"
#include "testkit/github/simulator.h"

namespace inlet::simulator {

inline const std::string kRepo = "/repos/octo-org/hello-world";

/// A clock that stands still until a test moves it.
class StandingClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  std::chrono::nanoseconds steady() const override { return now_.time_since_epoch(); }
  bool wait(std::chrono::nanoseconds, std::stop_token) const override { return true; }
  void move(std::chrono::seconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::seconds(1'790'000'000)};  // 2026-09-21T14:13:20Z
};

/// What came back over HTTP.
struct Received {
  int status = 0;  ///< 0: no answer at all.
  std::map<std::string, std::string> headers;
  std::string body;

  /// Empty when it is not there.
  std::string header(const std::string& name) const;
  Json json() const { return Json::parse(body, nullptr, false); }
};

/// For tests: a simulated GitHub and a client that speaks to it with nothing but HTTP.
class Simulated {
 public:
  using Headers = std::map<std::string, std::string>;

  explicit Simulated(SimulatorOptions options = {});
  ~Simulated();

  Simulator& simulator() { return *simulator_; }
  StandingClock& clock() { return clock_; }

  /// Sends a token unless sign_out() was called.
  Received get(const std::string& target, const Headers& headers = {});
  Received post(const std::string& target, const std::string& body = {});
  Received erase(const std::string& target);
  void sign_out();

  int status(const std::string& target) { return get(target).status; }
  std::string header(const std::string& target, const std::string& name);
  /// The body of a 200; a failed test otherwise.
  Json json(const std::string& target);
  /// Follows rel="next" to the end.
  std::vector<Json> read_all(std::string target);
  std::vector<Json> truth(const std::string& table);

 private:
  class Client;
  StandingClock clock_;
  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<Client> client_;
};

}  // namespace inlet::simulator
