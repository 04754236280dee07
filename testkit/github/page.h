#pragma once

#include <cstdint>
#include <string>

#include "testkit/github/call.h"
#include "testkit/simulator/service.h"

namespace inlet::simulator::github {

/// Which part of a list a request asks for.
struct Page {
  std::int64_t number = 1;
  std::int64_t size = 30;  ///< per_page: at most 100.
  std::int64_t begin = 0;  ///< Positions in the list.
  std::int64_t end = 0;
};

Page page_of(const Request& request, const Listing& listing);

/// The value of the Link header: prev, next, last and first where they exist; empty when the whole
/// list is one page. `path` is where the links lead: GitHub moves them to /repositories/{id}.
std::string link_header(const std::string& base_url, const std::string& path,
                        const Request& request, const Listing& listing, const Page& page);

}  // namespace inlet::simulator::github
