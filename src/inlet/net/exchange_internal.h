#pragma once

#include <memory>

#include "inlet/net/http.h"

namespace inlet::net {

/// One libcurl handle and the connections that it keeps open. Sends one request at a time and
/// follows no redirect. Not for two threads at once.
class Exchange {
 public:
  Exchange();
  ~Exchange();

  /// The answer, or an error as HttpClient says. `limits` are borrowed for the call.
  Result<Response> send(const Request& request, const HttpLimits& limits);

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace inlet::net
