#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/net/redirect_internal.h"
#include "inlet/net/url.h"

namespace inlet::net {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// RFC 9110, 15.4: 303 asks for a GET; 301 and 302 turn a POST into a GET, as every browser does.
bool becomes_get(std::string_view method, int status) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

// Some servers repeat the query of the request, and the credential with it, in the place they
// redirect to.
std::string without_parameters(std::string_view url, const std::vector<Credential>& credentials) {
  QueryParameters kept = query_of(url);
  const auto num_dropped = std::erase_if(kept, [&](const auto& parameter) {
    return std::any_of(credentials.begin(), credentials.end(), [&](const Credential& credential) {
      return credential.place == Credential::Place::Query && credential.name == parameter.first;
    });
  });
  if (num_dropped == 0) return std::string(url);
  return with_query(url.substr(0, url.find_first_of("?#")), kept);
}

Status check_other_origin(const Request& request, const std::string& from, const std::string& to) {
  if (!request.body.empty()) {
    return fail(ErrorKind::Config,
                format("refused to send the body of a {} on to another origin: {} redirects to {}",
                       request.method, from, to));
  }
  if (!request.credentials.empty() && from.starts_with("https:") && to.starts_with("http:")) {
    return fail(ErrorKind::Config,
                format("refused a redirect from https to http: {} redirects to {}", from, to));
  }
  return {};
}

}  // namespace

Result<std::optional<Request>> next_hop(const Request& request, const Response& response) {
  const auto location = response.headers.find("Location");
  if (!is_redirect(response.status) || !location) return std::nullopt;
  Request next = request;
  next.url = without_parameters(TRY(resolve_url(request.url, *location)), request.credentials);
  if (becomes_get(request.method, response.status)) {
    next.method = "GET";
    next.body.clear();
    next.headers.remove("Content-Type");
  }
  const std::string from = TRY(origin_of(request.url));
  const std::string to = TRY(origin_of(next.url));
  if (from != to) {
    TRY(check_other_origin(next, from, to));
    next.credentials.clear();
    next.headers.remove("Authorization");
    next.headers.remove("Cookie");
  }
  return next;
}

}  // namespace inlet::net
