#pragma once

#include <cstdint>
#include <string>

#include "testkit/github/repository.h"
#include "testkit/github/site.h"

namespace inlet::simulator::github {

std::int64_t comment_id(const Repository& repository, std::int64_t index);
/// Appends one comment on an issue.
void write_comment(const Site& site, const Repository& repository, std::int64_t index,
                   std::string& out);

}  // namespace inlet::simulator::github
