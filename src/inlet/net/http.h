#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/base/secret.h"

namespace inlet::net {

/// Header lines in the order they were sent; names compare without regard to case.
class Headers {
 public:
  void add(std::string name, std::string value);
  void set(std::string name, std::string value);
  void remove(std::string_view name);
  /// The first value, or nullopt. Valid while this lives.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

/// A header or query parameter that holds a credential: sent to the origin of the request's own URL
/// only, never across a redirect to another origin, never logged.
struct Credential {
  enum class Place { Header, Query } place = Place::Header;
  std::string name;
  Secret value;  ///< the whole header value, or the parameter's value before encoding
};

struct Request {
  std::string method = "GET";
  std::string url;  ///< absolute; the query already encoded
  Headers headers = {};
  std::string body = {};
  std::vector<Credential> credentials = {};
  std::stop_token stop = {};
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  ///< decoded (gzip, zstd)
  std::string url;   ///< where the answer came from after redirects, without credentials
};

struct HttpLimits {
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds request_timeout{120'000};  ///< a whole answer
  std::chrono::milliseconds stall_timeout{30'000};     ///< no byte for so long
  std::uint64_t max_response_bytes = 256ULL << 20;     ///< after decompression
  int max_redirects = 5;     ///< 0: a redirect is an answer like any other
  std::string proxy = {};    ///< empty: the usual environment variables
  std::string ca_file = {};  ///< empty: the system's bundle
  std::string user_agent = {};
};

/// One exchange over a pool of kept connections (HTTP/2 where the server speaks it). Any status is
/// a value; only transport failures are errors: Unavailable (connect, reset, time-out, cut off),
/// Auth (TLS is not trusted), Config (URL, header, size limit, redirect), Cancelled. An Unavailable
/// with `retry_after` set (to zero) was never sent: any method may try again. Redirects are
/// followed; one to another origin loses the credentials and the request's own Authorization and
/// Cookie, and is refused when it would carry a body; so is one from https to http with
/// credentials. Safe from any thread.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Result<Response> send(const Request& request) = 0;
};

/// The client over libcurl. TLS is always verified.
std::unique_ptr<HttpClient> make_http_client(HttpLimits limits);

/// scheme://host:port in lower case with the port written out: what credentials are bound to.
Result<std::string> origin_of(std::string_view url);
/// The URL without user info and with the values of `secret_parameters` replaced by `***`, for
/// logs.
std::string redact_url(std::string_view url, const std::vector<std::string>& secret_parameters);

}  // namespace inlet::net
