#include "testkit/github/rate_limit.h"

namespace inlet::simulator::github {

Quota& RateLimit::bucket(const std::string& token, Seconds now) {
  Quota& quota = buckets_[token];
  if (now >= quota.reset) {
    quota = {.limit = token.empty() ? limit_without_token_ : limit_, .reset = now + window_};
  }
  return quota;
}

Quota RateLimit::take(const std::string& token, Seconds now) {
  const std::lock_guard lock(mutex_);
  Quota& quota = bucket(token, now);
  quota.is_exceeded = quota.used >= quota.limit;
  if (!quota.is_exceeded) ++quota.used;
  return quota;
}

Quota RateLimit::give_back(const std::string& token, Seconds now) {
  const std::lock_guard lock(mutex_);
  Quota& quota = bucket(token, now);
  if (quota.used > 0) --quota.used;
  return quota;
}

Quota RateLimit::look(const std::string& token, Seconds now) {
  const std::lock_guard lock(mutex_);
  return bucket(token, now);
}

Quota RateLimit::exhaust(const std::string& token, Seconds reset) {
  const std::lock_guard lock(mutex_);
  Quota& quota = buckets_[token];
  quota.limit = token.empty() ? limit_without_token_ : limit_;
  quota.used = quota.limit;
  quota.reset = reset;
  quota.is_exceeded = true;
  return quota;
}

}  // namespace inlet::simulator::github
