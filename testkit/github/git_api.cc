#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/github/call.h"
#include "testkit/github/commit.h"

namespace inlet::simulator::github {
namespace {

std::unexpected<ApiError> empty_repository() {
  return std::unexpected(ApiError{.status = 409, .message = "Git Repository is empty."});
}

// Commits are numbered in the order of their time, so a span of time is a span of numbers.
std::int64_t first_at_or_after(const Timeline& commits, Seconds time) {
  std::int64_t begin = 0;
  std::int64_t end = commits.size();
  while (begin < end) {
    const std::int64_t middle = (begin + end) / 2;
    if (commits.created(middle) < time) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// Every branch leads to the same commits.
bool is_branch(const Repository& repository, std::string_view name) {
  for (std::int64_t i = 0; i < repository.branches.size(); ++i) {
    if (branch_name(repository.branches.at(i).number) == name) return true;
  }
  return name.empty();
}

Answered list_commits(const Call& call) {
  if (call.repository->is_empty()) return empty_repository();
  if (!is_branch(*call.repository, call.parameter("sha"))) return std::unexpected(ApiError{});
  const Timeline& commits = call.repository->commits;
  const auto since = TRY(call.time("since", "Commit"));
  const auto until = TRY(call.time("until", "Commit"));
  const std::int64_t begin = since ? first_at_or_after(commits, *since) : 0;
  const std::int64_t end = until ? first_at_or_after(commits, *until + 1) : commits.size();
  return Listing{.size = std::max<std::int64_t>(0, end - begin),
                 .write = [&call, end](std::int64_t position, std::string& out) {
                   write_commit(call.site, *call.repository, end - 1 - position, out);
                 }};
}

Answered get_commit(const Call& call) {
  if (call.repository->is_empty()) return empty_repository();
  for (std::int64_t index = call.repository->commits.size() - 1; index >= 0; --index) {
    if (commit_sha(*call.repository, index) != call.arguments[0]) continue;
    std::string body;
    write_single_commit(call.site, *call.repository, index, body);
    return body;
  }
  return std::unexpected(
      ApiError{.status = 422, .message = format("No commit found for SHA: {}", call.arguments[0])});
}

Answered list_branches(const Call& call) {
  const auto wanted = TRY(call.choice("protected", "", {"true", "false"}, "Branch"));
  const Roster& branches = call.repository->branches;
  const auto make = [&] {
    std::vector<std::pair<std::string, std::uint32_t>> named;
    for (std::int64_t i = 0; i < branches.size(); ++i) {
      if (!wanted.empty() && is_protected(branches.at(i)) != (wanted == "true")) continue;
      named.emplace_back(branch_name(branches.at(i).number), static_cast<std::uint32_t>(i));
    }
    std::sort(named.begin(), named.end());
    View view;
    for (const auto& [name, position] : named) view.push_back(position);
    return view;
  };
  return slice_of(call.repository->views.get(format("branches|{}", wanted), make), false,
                  [&call](std::int64_t position, std::string& out) {
                    write_branch(call.site, *call.repository,
                                 call.repository->branches.at(position), out);
                  });
}

}  // namespace

std::vector<Route> git_routes() {
  return {{"/repos/{owner}/{repo}/commits", list_commits},
          {"/repos/{owner}/{repo}/commits/{}", get_commit},
          {"/repos/{owner}/{repo}/branches", list_branches}};
}

}  // namespace inlet::simulator::github
