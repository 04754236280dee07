#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace inlet::simulator {

/// What was asked of the API so far; requests to /_simulator/ are not in it.
struct RequestCounts {
  std::int64_t num_requests = 0;
  std::map<int, std::int64_t> by_status;        ///< 0: no answer (connection reset).
  std::map<std::string, std::int64_t> by_path;  ///< Without the query; a number in it is `{n}`.
};

/// Counts requests. Safe from any thread.
class RequestLog {
 public:
  void add(std::string_view path, int status);
  RequestCounts counts() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  RequestCounts counts_;
};

}  // namespace inlet::simulator
