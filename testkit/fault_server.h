#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlet/base/error.h"

namespace inlet::testkit {

/// One request as it came over the wire.
struct SeenRequest {
  std::string method;
  std::string target;  ///< path and query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int connection = 0;  ///< counted from 1 in order of arrival

  /// The first value of a header, without regard to case; empty when there is none.
  std::string header(std::string_view name) const;
};

/// What the server does with one request: a good answer unless a member says otherwise.
struct FaultAnswer {
  enum class Ending {
    Complete,
    ResetAtOnce,  ///< RST before a byte of the answer
    ResetInBody,  ///< half of the body, then RST
    CutBody,      ///< half of the body although Content-Length says more, then a clean close
    Silence,      ///< half of the body, then nothing until the client leaves or the server ends
  };
  enum class Encoding { Identity, Gzip, Zstd };

  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  Ending ending = Ending::Complete;
  Encoding encoding = Encoding::Identity;
  bool is_chunked = false;
  std::chrono::milliseconds delay{0};    ///< before the first byte
  std::size_t trickle_bytes = 0;         ///< the body in pieces of this size; 0: in one
  std::chrono::milliseconds trickle{0};  ///< between two pieces
};

/// An HTTP/1.1 server on 127.0.0.1 that misbehaves as told. Ends with its owner: every wait is cut
/// short, every connection closed, every thread joined.
class FaultServer {
 public:
  /// Called from the connections' threads, one call at a time; `number` counts requests from 1.
  using Script = std::function<FaultAnswer(const SeenRequest& request, int number)>;

  /// Fails with Unavailable when no port can be bound.
  static Result<std::unique_ptr<FaultServer>> start(Script script);
  /// The answers in order; the last one again and again.
  static Result<std::unique_ptr<FaultServer>> start(std::vector<FaultAnswer> answers);
  ~FaultServer();

  /// http://127.0.0.1:PORT with `target` behind it.
  std::string url(std::string_view target) const;
  int port() const;
  /// Every request so far, in order.
  std::vector<SeenRequest> seen() const;

 private:
  class Loop;
  explicit FaultServer(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace inlet::testkit
