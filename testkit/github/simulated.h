#pragma once

#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "inlet/base/json.h"
#include "testkit/github/simulator.h"

namespace inlet::simulator {

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

/// For tests: a simulated GitHub and a client that speaks to it with nothing but HTTP.
class Simulated {
 public:
  explicit Simulated(SimulatorOptions options = {}) {
    options.clock = &clock_;
    auto made = make_github_simulator(options);
    EXPECT_TRUE(made.has_value()) << made.error().message;
    simulator_ = *std::move(made);
    client_ = std::make_unique<httplib::Client>(simulator_->base_url());
    client_->set_keep_alive(true);
    client_->set_default_headers({{"Authorization", "Bearer abc"}});
    client_->set_url_encode(false);
  }

  Simulator& simulator() { return *simulator_; }
  httplib::Client& client() { return *client_; }
  StandingClock& clock() { return clock_; }

  httplib::Result get(const std::string& target, const httplib::Headers& headers = {}) {
    return client_->Get(target, headers);
  }
  int status(const std::string& target) {
    const auto result = get(target);
    return result ? result->status : 0;
  }
  Json json(const std::string& target) {
    const auto result = get(target);
    if (!result) return {};
    EXPECT_EQ(result->status, 200) << target << ": " << result->body;
    return Json::parse(result->body);
  }
  std::string header(const std::string& target, const std::string& name) {
    const auto result = get(target);
    return result ? result->get_header_value(name) : "no answer";
  }

  /// Follows rel="next" to the end.
  std::vector<Json> read_all(std::string target) {
    std::vector<Json> records;
    while (!target.empty()) {
      const auto result = get(target);
      EXPECT_TRUE(result && result->status == 200) << target;
      if (!result || result->status != 200) break;
      for (Json& record : Json::parse(result->body)) records.push_back(std::move(record));
      target = next_target(result->get_header_value("Link"));
    }
    return records;
  }

  std::vector<Json> truth(const std::string& table) {
    std::vector<Json> records;
    auto lines = simulator_->truth(table);
    EXPECT_TRUE(lines.has_value()) << lines.error().message;
    for (std::size_t at = 0; lines && at < lines->size();) {
      const std::size_t end = lines->find('\n', at);
      records.push_back(Json::parse(lines->substr(at, end - at)));
      at = end + 1;
    }
    return records;
  }

  static std::string next_target(const std::string& link) {
    const std::size_t next = link.find(">; rel=\"next\"");
    if (next == std::string::npos) return {};
    const std::size_t begin = link.rfind('<', next) + 1;
    const std::string url = link.substr(begin, next - begin);
    return url.substr(url.find('/', std::string("http://").size()));
  }

 private:
  StandingClock clock_;
  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<httplib::Client> client_;
};

inline const std::string kRepo = "/repos/octo-org/hello-world";

}  // namespace inlet::simulator
