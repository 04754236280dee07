#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/github/call.h"
#include "testkit/github/issue.h"
#include "testkit/github/pull.h"

namespace inlet::simulator::github {
namespace {

struct PullFilter {
  std::string_view state;
  std::string_view sort;
  std::string_view head;
  std::string_view base;
};

bool passes(const Repository& repository, const Issue& issue, const PullFilter& filter) {
  if (filter.state != "all" && issue.is_open != (filter.state == "open")) return false;
  if (!filter.base.empty() && base_branch(issue.index) != filter.base) return false;
  return filter.head.empty() ||
         format("{}:{}", repository.plan.owner, head_branch(issue.index)) == filter.head;
}

View make_view(const Call& call, const PullFilter& filter) {
  const Repository& repository = *call.repository;
  View view;
  for (std::int64_t index = 9; index < repository.issues.size(); index += 10) {
    if (passes(repository, Issue::make(call.site, repository, index), filter)) {
      view.push_back(static_cast<std::uint32_t>(index));
    }
  }
  const auto sort_by = [&](const auto& value) {
    std::stable_sort(view.begin(), view.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return value(a) < value(b); });
  };
  if (filter.sort == "updated") {
    sort_by([&](std::uint32_t index) { return repository.issues.updated(index); });
  } else if (filter.sort == "popularity") {
    sort_by([&](std::uint32_t index) { return repository.num_comments(index); });
  }
  return view;
}

Answered list_pulls(const Call& call) {
  PullFilter filter;
  filter.state = TRY(call.choice("state", "open", {"open", "closed", "all"}, "PullRequest"));
  filter.sort = TRY(call.choice(
      "sort", "created", {"created", "updated", "popularity", "long-running"}, "PullRequest"));
  // The documentation: desc when sorted by creation, asc otherwise.
  const auto direction = TRY(call.choice("direction", filter.sort == "created" ? "desc" : "asc",
                                         {"asc", "desc"}, "PullRequest"));
  filter.head = call.parameter("head");
  filter.base = call.parameter("base");
  const std::string key =
      format("pulls|{}|{}|{}|{}", filter.state, filter.sort, filter.head, filter.base);
  return slice_of(call.repository->views.get(key, [&] { return make_view(call, filter); }),
                  direction == "desc", [&call](std::int64_t index, std::string& out) {
                    write_pull(call.site, *call.repository, index, out);
                  });
}

Parsed<std::int64_t> pull_index(const Call& call) {
  const std::int64_t number = TRY(call.number(0));
  if (number < 1 || number > call.repository->issues.size() || !is_pull_number(number)) {
    return std::unexpected(ApiError{});
  }
  return number - 1;
}

Answered get_pull(const Call& call) {
  const std::int64_t index = TRY(pull_index(call));
  std::string body;
  write_single_pull(call.site, *call.repository, index, body);
  return body;
}

Answered list_reviews(const Call& call) {
  const std::int64_t index = TRY(pull_index(call));
  return Listing{.size = num_reviews(*call.repository, index),
                 .write = [&call, index](std::int64_t position, std::string& out) {
                   write_review(call.site, *call.repository, index, position, out);
                 }};
}

}  // namespace

std::vector<Route> pull_routes() {
  return {{"/repos/{owner}/{repo}/pulls", list_pulls},
          {"/repos/{owner}/{repo}/pulls/{}", get_pull},
          {"/repos/{owner}/{repo}/pulls/{}/reviews", list_reviews}};
}

}  // namespace inlet::simulator::github
