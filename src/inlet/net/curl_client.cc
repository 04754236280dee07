#include <mutex>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/exchange_internal.h"
#include "inlet/net/redirect_internal.h"

namespace inlet::net {
namespace {

// Idle exchanges beyond this are closed: the fan-out of a run is tens.
constexpr std::size_t kMaxIdle = 64;

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(HttpLimits limits) : limits_(std::move(limits)) {}

  Result<Response> send(const Request& request) override {
    std::unique_ptr<Exchange> exchange = borrow();
    Result<Response> response = follow(*exchange, request);
    give_back(std::move(exchange));
    return response;
  }

 private:
  Result<Response> follow(Exchange& exchange, const Request& request) const {
    Response response = TRY(exchange.send(request, limits_));
    std::optional<Request> hop;
    for (int num_hops = 0; limits_.max_redirects > 0; ++num_hops) {
      std::optional<Request> next = TRY(next_hop(hop ? *hop : request, response));
      if (!next) break;
      if (num_hops == limits_.max_redirects) {
        return fail(ErrorKind::Config,
                    format("more than {} redirects, the last one to {}", limits_.max_redirects,
                           redact_url(next->url.substr(0, next->url.find('?')), {})));
      }
      hop = std::move(next);
      response = TRY(exchange.send(*hop, limits_));
    }
    return response;
  }

  // The one used last comes first: its connection is the likeliest to be alive still.
  std::unique_ptr<Exchange> borrow() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Exchange>();
    std::unique_ptr<Exchange> exchange = std::move(idle_.back());
    idle_.pop_back();
    return exchange;
  }

  void give_back(std::unique_ptr<Exchange> exchange) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(exchange));
  }

  const HttpLimits limits_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Exchange>> idle_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(HttpLimits limits) {
  return std::make_unique<CurlClient>(std::move(limits));
}

}  // namespace inlet::net
