#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/clock.h"
#include "testkit/github/call.h"
#include "testkit/github/rate_limit.h"
#include "testkit/github/site.h"
#include "testkit/github/world.h"
#include "testkit/simulator/service.h"

namespace inlet::simulator::github {

struct ServiceOptions {
  std::uint64_t seed = 1;
  WorldCounts counts;
  std::int64_t num_users = 50;
  std::string token;  ///< Empty: any token is good.
  std::int64_t rate_limit = 10'000'000;
  Seconds rate_window = 3600;
  bool has_rights = true;
  bool is_since_inclusive = true;
  Shape shape = Shape::Full;
  int ties = 20;
  std::int64_t mutate_every = 0;
  Changes mutate;
  bool is_gzip = false;
};

/// GitHub's REST API over a World. Safe from any thread.
class GithubService final : public Service {
 public:
  /// `clock` is borrowed.
  GithubService(ServiceOptions options, const Clock& clock);

  void bound_to(std::string base_url) override;
  Reply answer(const Request& request) override;
  Reply refuse(const Fault& fault, const Request& request) override;
  std::vector<std::string> tables() const override;
  Status truth(std::string_view table, const std::function<bool(std::string_view)>& write) override;
  Status mutate(const Changes& changes) override;

 private:
  // What a path means: its route, and the places in it.
  struct Target {
    const Route* route = nullptr;
    Repository* repository = nullptr;
    std::string link_path;
    std::vector<std::string_view> arguments;
  };

  Seconds now() const;
  std::optional<ApiError> turn_away(const Request& request) const;
  Reply answer_signed_in(const Request& request, const std::string& token);
  Parsed<Target> find(std::string_view path) const;
  bool match(const Route& route, const std::vector<std::string_view>& segments,
             Target& target) const;
  Reply to_reply(const Answer& answer, const Target& target, const Request& request) const;
  Reply rate_limit_reply(const std::string& token);
  void finish(const Request& request, const Quota& quota, Reply& reply);
  // Hands over whole lines piece by piece; lets `lock` go while it does.
  static Status write_all(const Listing& lines, const std::function<bool(std::string_view)>& write,
                          std::shared_lock<std::shared_mutex>& lock);

  const ServiceOptions options_;
  const Clock& clock_;
  World world_;
  std::optional<Site> site_;
  RateLimit limit_;
  std::vector<Route> routes_;
  // Readers of records hold it shared, mutate() alone.
  std::shared_mutex records_;
  std::atomic<std::uint64_t> num_answers_ = 0;
  std::atomic<std::int64_t> num_pages_ = 0;
};

}  // namespace inlet::simulator::github
