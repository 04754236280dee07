#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "inlet/connect/page.h"
#include "inlet/rest/api_client.h"
#include "inlet/rest/plan.h"

namespace inlet::rest {

/// What one read of one table goes by.
struct TableRead {
  ApiClient& client;
  const Clock& clock;
  const TablePlan& table;
  Options options;
  std::stop_token stop;
};

/// One answer of a table.
struct Answer {
  Page page;                      ///< body, records, added columns and origin are set
  std::optional<Timestamp> date;  ///< the server's clock
  bool is_last = false;
};

/// The pages of one request and of those that follow from it. Refuses to go in circles: the same
/// page twice in a row, or an address that was asked before, is an error of kind Unavailable.
class Chain {
 public:
  /// `read` and what `environment` points to outlive this.
  Chain(const TableRead& read, Environment environment);

  /// The next answer; nullopt behind the last one. Learns from the page's records what to ask next.
  Result<std::optional<Answer>> next();

 private:
  Result<ApiRequest> first_request();
  Status add_paging(ApiRequest& request, Json& body);
  Status prepare_next(const net::Response& response, const Page& page);
  Result<bool> has_more(const net::Response& response, std::size_t num_records);
  Result<std::optional<std::string>> next_address(const net::Response& response);
  Status remember(const Page& page);

  const TableRead& read_;
  const PaginatePlan& plan_;
  Environment environment_;
  long long page_size_ = 0;
  long long position_ = 0;  ///< Page: its number; Offset: of its first record
  std::string token_;       ///< Token, After: what the next request sends
  std::vector<std::pair<std::string, std::string>> added_;
  std::string address_;  ///< Link, Url: the next request's whole address
  bool is_done_ = false;
  std::uint64_t last_page_hash_ = 0;
  std::unordered_set<std::string> asked_;
};

}  // namespace inlet::rest
