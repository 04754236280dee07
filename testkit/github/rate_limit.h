#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "testkit/simulator/json_text.h"

namespace inlet::simulator::github {

/// What the X-RateLimit headers say.
struct Quota {
  std::int64_t limit = 0;
  std::int64_t used = 0;
  Seconds reset = 0;
  bool is_exceeded = false;

  std::int64_t remaining() const { return limit > used ? limit - used : 0; }
};

/// The primary limit: so many requests a window for each token; a window begins with its first
/// request. Safe from any thread.
class RateLimit {
 public:
  RateLimit(std::int64_t limit, std::int64_t limit_without_token, Seconds window)
      : limit_(limit), limit_without_token_(limit_without_token), window_(window) {}

  /// Counts one request of `token` (empty: not signed in) unless the limit is used up.
  Quota take(const std::string& token, Seconds now);
  /// The request turned out not to count.
  Quota give_back(const std::string& token, Seconds now);
  Quota look(const std::string& token, Seconds now);
  /// Uses up what is left until `reset`.
  Quota exhaust(const std::string& token, Seconds reset);

 private:
  Quota& bucket(const std::string& token, Seconds now);

  std::int64_t limit_;
  std::int64_t limit_without_token_;
  Seconds window_;
  std::mutex mutex_;
  std::map<std::string, Quota> buckets_;
};

}  // namespace inlet::simulator::github
