#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "inlet/base/clock.h"
#include "inlet/connect/source.h"
#include "inlet/net/http.h"
#include "inlet/net/url.h"

namespace inlet::rest {

/// A request as the tests' servers see it.
struct Asked {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;
  std::string body;
  std::map<std::string, std::string> headers;
};

/// An HttpClient without a network: a function answers.
class ScriptedHttp final : public net::HttpClient {
 public:
  using Answer = std::function<net::Response(const Asked&)>;
  explicit ScriptedHttp(Answer answer) : answer_(std::move(answer)) {}

  Result<net::Response> send(const net::Request& request) override {
    Asked asked{.method = request.method, .body = request.body};
    const auto scheme = request.url.find("://");
    const auto slash = request.url.find('/', scheme + 3);
    asked.path = request.url.substr(slash, request.url.find('?') - slash);
    for (const auto& [name, value] : net::query_of(request.url)) asked.query[name] = value;
    for (const auto& [name, value] : request.headers.lines()) asked.headers[name] = value;
    for (const auto& credential : request.credentials) {
      auto& place =
          credential.place == net::Credential::Place::Header ? asked.headers : asked.query;
      place[credential.name] = credential.value.reveal();
    }
    urls.push_back(request.url.substr(slash));
    net::Response response = answer_(asked);
    response.url = request.url;
    return response;
  }

  std::vector<std::string> urls;  ///< path and query of every request

 private:
  Answer answer_;
};

inline net::Response json_answer(std::string body, int status = 200) {
  net::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// Stands still; waiting passes at once. Safe from any thread.
class StillClock final : public Clock {
 public:
  explicit StillClock(Timestamp now) : micros_(now.time_since_epoch().count()) {}
  Timestamp now() const override { return Timestamp(std::chrono::microseconds(micros_)); }
  std::chrono::nanoseconds steady() const override { return now().time_since_epoch(); }
  bool wait(std::chrono::nanoseconds duration, std::stop_token) const override {
    micros_ += std::chrono::ceil<std::chrono::microseconds>(duration).count();
    return true;
  }

 private:
  mutable std::atomic<std::int64_t> micros_;
};

/// For contexts of sources that never touch a store.
inline store::Store& no_store() {
  alignas(64) static std::byte nothing[64];
  return reinterpret_cast<store::Store&>(nothing);
}

/// Keeps the pages.
class PageList final : public RecordSink {
 public:
  Status page(Page page) override {
    pages.push_back(std::move(page));
    return {};
  }
  Status batch(Batch, Offset) override { return fail(ErrorKind::Bug, "no batches here"); }

  std::vector<Page> pages;
};

}  // namespace inlet::rest
