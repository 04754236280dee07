#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"

namespace inlet::simulator {

/// One thing that goes wrong, and when. A value; the text form is what `--fault` and POST
/// /_simulator/faults take: `kind,member=value,...`, for example `status=503,every=7`,
/// `reset,at=3+9,path=/issues`, `slow=250,every=2,times=10`, `primary_limit,at=5`.
struct Fault {
  enum class Kind {
    Status,   ///< `status=CODE`: an error answer in the API's own shape.
    Reset,    ///< `reset`: the connection is reset before a byte of the answer.
    CutBody,  ///< `cut`: Content-Length is right, half of the body comes, the connection closes.
    TruncateJson,    ///< `truncate`: a complete HTTP answer whose JSON ends in the middle.
    Slow,            ///< `slow=MS`: the answer waits.
    PrimaryLimit,    ///< `primary_limit[=CODE]`: the hourly limit is used up (403 unless given).
    SecondaryLimit,  ///< `secondary_limit[=CODE]`: too fast; with Retry-After.
  };

  Kind kind = Kind::Status;
  int status = 503;
  std::chrono::milliseconds delay{0};
  /// Requests whose path and query contain this text are counted, from 1; others never fail.
  std::string path;
  /// Fails counted request number N, 2N, ...; 0 for never.
  std::int64_t every = 0;
  /// Fails these counted requests.
  std::vector<std::int64_t> at;
  /// Fails at most so often.
  std::optional<std::int64_t> times;
  /// The Retry-After header; for a primary limit the time until X-RateLimit-Reset.
  std::optional<std::chrono::seconds> retry_after;

  /// Fails with Config, naming the member. Neither `every` nor `at` means every request.
  static Result<Fault> parse(std::string_view text);
};

/// Decides for each request, in order of arrival, which fault meets it. Safe from any thread.
class FaultPlan {
 public:
  /// Forgets the earlier plan and its counts.
  void replace(std::vector<Fault> faults);
  /// The first fault that applies to this request; counts the request for every fault.
  std::optional<Fault> next(std::string_view target);

 private:
  struct Counted {
    Fault fault;
    std::int64_t num_seen = 0;
    std::int64_t num_failed = 0;
  };
  std::mutex mutex_;
  std::vector<Counted> faults_;
};

}  // namespace inlet::simulator
