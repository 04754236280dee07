#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "inlet/connect/source.h"
#include "inlet/net/retry.h"
#include "inlet/rest/plan.h"

namespace inlet::rest {

/// One request of a table before the connection's own parts are added.
struct ApiRequest {
  std::string method = "GET";
  std::string url;  ///< absolute, the query encoded
  net::Headers headers = {};
  std::string body = {};
};

/// Sends requests with the connection's headers and credentials, and takes answers as the rules
/// say. One per source; safe from any thread.
class ApiClient {
 public:
  /// `api` and the context's references outlive this.
  static Result<std::unique_ptr<ApiClient>> make(const ApiPlan& api, const Options& connection,
                                                 const SourceContext& context);

  const Options& connection() const { return connection_; }
  /// The address that paths begin behind, without a slash at its end.
  const std::string& base_url() const { return base_url_; }
  /// base_url() and `path`.
  std::string url_of(std::string_view path) const { return base_url_ + std::string(path); }
  /// For logs and pages.
  std::string redacted(std::string_view url) const;

  /// The answer; nullopt when a rule says that there are no rows. Fails with Auth (401, 403),
  /// NotFound (404), Config (other 4xx), RateLimited, Unavailable; and with Config, nothing sent,
  /// for a URL outside of the connection's origin.
  Result<std::optional<net::Response>> send(ApiRequest request,
                                            const std::vector<AnswerRule>& rules,
                                            std::stop_token stop);
  SourceCounts counts() const;

 private:
  ApiClient(const ApiPlan& api, Options connection, const SourceContext& context);
  Status choose_auth();

  const ApiPlan& api_;
  Options connection_;
  std::string base_url_;
  std::string origin_;
  net::Headers headers_;
  std::vector<std::pair<std::string, std::string>> params_;
  std::vector<net::Credential> credentials_;
  std::vector<std::string> secret_parameters_;
  net::RetryingClient http_;
};

}  // namespace inlet::rest
