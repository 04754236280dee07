#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "testkit/github/roster.h"
#include "testkit/github/timeline.h"
#include "testkit/github/view_cache.h"

namespace inlet::simulator::github {

/// How many records a repository starts with.
struct RepositoryCounts {
  std::int64_t issues = 0;
  std::int64_t comments = 0;
  std::int64_t commits = 0;
  std::int64_t branches = 0;
  std::int64_t collaborators = 0;
  std::int64_t labels = 0;
};

struct RepositoryPlan {
  std::int64_t id = 0;
  std::string owner;
  std::string name;
  std::uint64_t seed = 1;
  RepositoryCounts counts;
  int ties = 20;
};

/// What one repository holds: counts and times; every other value is computed from the seed when it
/// is asked for.
struct Repository {
  explicit Repository(RepositoryPlan plan);

  std::string full_name() const { return plan.owner + "/" + plan.name; }
  /// A repository without a commit answers 409 to questions about its git data.
  bool is_empty() const { return commits.size() == 0; }
  /// The issue that a comment belongs to.
  std::int64_t issue_of_comment(std::int64_t comment) const;
  std::int64_t num_comments(std::int64_t issue) const;
  /// All of the issue's comments, in the order of their ids.
  View comments_of(std::int64_t issue) const;

  const RepositoryPlan plan;
  Timeline issues;  ///< Issues and pull requests, which share their numbers.
  Timeline comments;
  Timeline commits;
  Roster branches;
  Roster collaborators;
  Roster labels;
  ViewCache views;

 private:
  // The issue's comments that were there from the start: first and one past the last.
  std::pair<std::int64_t, std::int64_t> first_comments(std::int64_t issue) const;
};

}  // namespace inlet::simulator::github
