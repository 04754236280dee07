#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/net/http.h"

namespace inlet::net {

/// What an API says about its limits, read from an answer.
struct RateLimitHeaders {
  std::string remaining = {};    ///< header name: requests left in this window
  std::string reset_epoch = {};  ///< header name: when the window ends, in Unix seconds
};

struct RetryPolicy {
  int max_attempts = 6;
  std::chrono::milliseconds base_delay{500};
  std::chrono::milliseconds max_delay{60'000};
  /// A wait longer than this (a rate limit that resets in an hour) fails with RateLimited instead.
  std::chrono::milliseconds max_wait{15 * 60'000};
  RateLimitHeaders rate_limit = {};
  /// At most so many requests per `budget_interval`; 0: no budget.
  std::uint32_t budget_requests = 0;
  std::chrono::milliseconds budget_interval{3'600'000};
};

/// Counted for the run report. `waited` is time spent on retries and rate limits.
struct RequestCounts {
  std::uint64_t requests = 0;  ///< every exchange, retries included
  std::uint64_t retries = 0;
  std::chrono::milliseconds waited{0};
  std::uint64_t received_bytes = 0;
  std::optional<std::uint64_t> remaining = {};  ///< the server's last word
};

/// How an answer is to be taken, decided by the status and, where an API is peculiar, by the
/// caller.
enum class Verdict {
  Ok,           ///< Final.
  Retry,        ///< Again after Retry-After, else with full jitter.
  RateLimited,  ///< Again after Retry-After, else when the window resets, else after `max_delay`;
                ///< meanwhile every thread holds back.
  Fail,         ///< Final, whatever the status.
};

/// What the status alone says: 429 is RateLimited; 408, 425 and 5xx are Retry; the rest is Ok.
Verdict default_verdict(const Response& response);

/// Sends until an answer is final: retries Unavailable, 408, 425, 429 and 5xx with full jitter,
/// honours Retry-After and the rate-limit headers (waits until the window resets when nothing is
/// left), keeps to the budget. A request that is not idempotent (POST, PATCH) is sent again only
/// when it was never sent, or when the status says that it was not taken (below 500, or 503). The
/// result is the final answer, below 500 unless `classify` said Ok or Fail, or the error of the
/// last attempt (Unavailable, RateLimited). One object per connection, shared by its tables. Safe
/// from any thread.
class RetryingClient {
 public:
  using Classify = std::function<Verdict(const Response&)>;
  /// The references outlive this object. `seed` feeds the jitter.
  RetryingClient(HttpClient& http, const Clock& clock, Log log, RetryPolicy policy,
                 std::uint64_t seed);
  ~RetryingClient();

  /// `classify` takes the place of default_verdict() (GitHub's 403 with a secondary limit).
  Result<Response> send(const Request& request, const Classify& classify = {});
  RequestCounts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace inlet::net
