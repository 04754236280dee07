#pragma once

#include <cstdint>
#include <string>

#include "testkit/github/repository.h"
#include "testkit/github/site.h"

namespace inlet::simulator::github {

/// Appends one pull request as lists have it; `index` is that of its issue.
void write_pull(const Site& site, const Repository& repository, std::int64_t index,
                std::string& out);
/// Appends one pull request as GET /pulls/{number} has it: with what the merge would do.
void write_single_pull(const Site& site, const Repository& repository, std::int64_t index,
                       std::string& out);
/// The branch that a pull request comes from and the one that it goes to.
std::string head_branch(std::int64_t index);
std::string base_branch(std::int64_t index);

/// Reviews of one pull request; every change of the pull request adds one.
std::int64_t num_reviews(const Repository& repository, std::int64_t index);
void write_review(const Site& site, const Repository& repository, std::int64_t index,
                  std::int64_t review, std::string& out);

}  // namespace inlet::simulator::github
