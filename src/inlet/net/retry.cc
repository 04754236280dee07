#include "inlet/net/retry.h"

#include <algorithm>
#include <mutex>
#include <random>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/rate_window_internal.h"
#include "inlet/net/request_budget_internal.h"

namespace inlet::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

bool is_idempotent(std::string_view method) {
  return method != "POST" && method != "PATCH";
}

// True when the server says that it has not begun to act on the request.
bool was_not_taken(int status) {
  return status < 500 || status == 503;
}

std::string describe(const Request& request) {
  std::vector<std::string> secret_names;
  for (const Credential& credential : request.credentials) secret_names.push_back(credential.name);
  return format("{} {}", request.method, redact_url(request.url, secret_names));
}

std::string attempts_text(int num_attempts) {
  return num_attempts == 1 ? "" : format(" after {} attempts", num_attempts);
}

}  // namespace

Verdict default_verdict(const Response& response) {
  if (response.status == 429) return Verdict::RateLimited;
  if (response.status == 408 || response.status == 425 || response.status >= 500) {
    return Verdict::Retry;
  }
  return Verdict::Ok;
}

struct RetryingClient::Impl {
  HttpClient& http;
  const Clock& clock;
  const Log log;
  const RetryPolicy policy;

  mutable std::mutex mutex;
  RequestBudget budget{policy.budget_requests, policy.budget_interval};
  RateWindow window{policy.rate_limit};
  RequestCounts counts = {};
  std::mt19937_64 random;

  /// What one attempt came to: a final result, or the error to end with unless there is another
  /// attempt.
  struct Attempt {
    std::optional<Result<Response>> final = {};
    Error error = {};
    std::optional<milliseconds> wait = {};  ///< nullopt: the backoff decides
    bool is_rate_limit = false;
  };

  Result<Response> send(const Request& request, const Classify& classify) {
    for (int number = 1;; ++number) {
      TRY(wait_for_turn(request));
      count_attempt(number);
      Attempt attempt = take(request, http.send(request), classify);
      if (attempt.final) return *std::move(attempt.final);
      attempt.error.message += attempts_text(number);
      if (number >= policy.max_attempts) return std::unexpected(std::move(attempt.error));
      TRY(prepare_next(request, attempt, number));
    }
  }

  void count_attempt(int number) {
    const std::lock_guard lock(mutex);
    ++counts.requests;
    if (number > 1) ++counts.retries;
  }

  // Blocks until window and budget let one request go.
  Status wait_for_turn(const Request& request) {
    while (true) {
      nanoseconds wait{0};
      {
        const std::lock_guard lock(mutex);
        const auto opens = window.opens_at(clock.now());
        if (opens) wait = *opens - clock.now();
        if (wait > policy.max_wait) return std::unexpected(too_long(request, *opens, wait));
        wait = std::max(wait, budget.wait_from(clock.steady()));
        if (wait == nanoseconds(0)) {
          budget.take(clock.steady());
          return {};
        }
      }
      TRY(pause(request, wait, "waiting for the rate limit"));
    }
  }

  Attempt take(const Request& request, Result<Response> result, const Classify& classify) {
    const bool may_repeat = is_idempotent(request.method);
    if (!result) {
      Error& error = result.error();
      const bool was_never_sent = error.retry_after.has_value();
      if (error.kind == ErrorKind::Unavailable && (may_repeat || was_never_sent)) {
        error.retry_after.reset();
        return {.error = std::move(error)};
      }
      return {.final = std::move(result)};
    }
    {
      const std::lock_guard lock(mutex);
      counts.received_bytes += result->body.size();
      window.note(*result);
    }
    const Verdict verdict = classify ? classify(*result) : default_verdict(*result);
    if (verdict == Verdict::Ok || verdict == Verdict::Fail) return {.final = std::move(result)};
    const bool is_limit = verdict == Verdict::RateLimited;
    Error error{is_limit ? ErrorKind::RateLimited : ErrorKind::Unavailable,
                format("{} was answered with status {}", describe(request), result->status),
                retry_after(*result, clock.now())};
    if (!may_repeat && !was_not_taken(result->status)) {
      return {.final = std::unexpected(std::move(error))};
    }
    const auto wait = error.retry_after;
    return {.error = std::move(error), .wait = wait, .is_rate_limit = is_limit};
  }

  // Either waits, or (for a rate limit) makes every thread's next request wait.
  Status prepare_next(const Request& request, const Attempt& attempt, int number) {
    if (attempt.is_rate_limit) {
      const std::lock_guard lock(mutex);
      const bool resets = !attempt.wait && window.opens_at(clock.now());
      const milliseconds wait = attempt.wait.value_or(policy.max_delay);
      if (!resets) window.hold_until(clock.now() + wait);
      return {};
    }
    if (attempt.wait && *attempt.wait > policy.max_wait) return std::unexpected(attempt.error);
    return pause(request, attempt.wait.value_or(backoff(number)), attempt.error.message);
  }

  milliseconds backoff(int number) {
    milliseconds ceiling = policy.base_delay;
    for (int doubled = 1; doubled < number && ceiling < policy.max_delay; ++doubled) ceiling *= 2;
    const std::lock_guard lock(mutex);
    return milliseconds(std::uniform_int_distribution<milliseconds::rep>(
        0, std::min(ceiling, policy.max_delay).count())(random));
  }

  Status pause(const Request& request, nanoseconds wait, std::string_view why) {
    const auto whole = std::chrono::ceil<milliseconds>(wait);
    log.info(why, {{"request", describe(request)}, {"wait_ms", format("{}", whole.count())}});
    if (!clock.wait(wait, request.stop)) {
      return fail(ErrorKind::Cancelled, format("{} was cancelled", describe(request)));
    }
    const std::lock_guard lock(mutex);
    counts.waited += whole;
    return {};
  }

  static Error too_long(const Request& request, Timestamp opens, nanoseconds wait) {
    return {ErrorKind::RateLimited,
            format("{} has to wait: the source's rate limit resets at {}, later than the longest "
                   "wait allowed; run again then",
                   describe(request), to_rfc3339(opens)),
            std::chrono::ceil<milliseconds>(wait)};
  }
};

RetryingClient::RetryingClient(HttpClient& http, const Clock& clock, Log log, RetryPolicy policy,
                               std::uint64_t seed)
    : impl_(new Impl{.http = http,
                     .clock = clock,
                     .log = std::move(log),
                     .policy = std::move(policy),
                     .mutex = {},
                     .random = std::mt19937_64(seed)}) {}

RetryingClient::~RetryingClient() = default;

Result<Response> RetryingClient::send(const Request& request, const Classify& classify) {
  return impl_->send(request, classify);
}

RequestCounts RetryingClient::counts() const {
  const std::lock_guard lock(impl_->mutex);
  RequestCounts counts = impl_->counts;
  counts.remaining = impl_->window.remaining();
  return counts;
}

}  // namespace inlet::net
