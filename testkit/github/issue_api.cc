#include <algorithm>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/github/call.h"
#include "testkit/github/comment.h"
#include "testkit/github/issue.h"

namespace inlet::simulator::github {
namespace {

struct IssueFilter {
  std::string_view state;
  std::string_view sort;
  std::optional<Seconds> since;
  std::string_view assignee;
  std::string_view creator;
  std::string_view milestone;
  std::string_view labels;
};

bool has_labels(const Issue& issue, std::string_view wanted) {
  while (!wanted.empty()) {
    const std::size_t comma = std::min(wanted.find(','), wanted.size());
    const std::string_view name = wanted.substr(0, comma);
    const auto labels = issue.labels();
    const bool is_there = std::any_of(labels.begin(), labels.end(), [&](std::int64_t label) {
      return equal_names(label_name(label), name);
    });
    if (!is_there) return false;
    wanted.remove_prefix(std::min(comma + 1, wanted.size()));
  }
  return true;
}

bool has_assignee(const Site& site, const Issue& issue, std::string_view wanted) {
  if (wanted.empty()) return true;
  if (wanted == "none") return !issue.assignee;
  if (wanted == "*") return issue.assignee.has_value();
  return issue.assignee && equal_names(site.login(*issue.assignee), wanted);
}

bool has_milestone(const Issue& issue, std::string_view wanted) {
  if (wanted.empty()) return true;
  if (wanted == "none") return issue.milestone == 0;
  if (wanted == "*") return issue.milestone != 0;
  return format("{}", issue.milestone) == wanted;
}

bool passes(const Site& site, const Issue& issue, const IssueFilter& filter) {
  if (filter.state != "all" && issue.is_open != (filter.state == "open")) return false;
  if (filter.since && issue.updated < *filter.since) return false;
  if (!filter.creator.empty() && !equal_names(site.login(issue.creator), filter.creator)) {
    return false;
  }
  return has_assignee(site, issue, filter.assignee) && has_milestone(issue, filter.milestone) &&
         has_labels(issue, filter.labels);
}

// Ascending, ties by number.
void sort_by(const Repository& repository, std::string_view sort, View& view) {
  if (sort == "created") return;
  const auto value_of = [&](std::uint32_t index) {
    return sort == "comments" ? repository.num_comments(index) : repository.issues.updated(index);
  };
  std::vector<std::uint64_t> keys;
  keys.reserve(view.size());
  for (const std::uint32_t index : view) {
    keys.push_back(static_cast<std::uint64_t>(value_of(index)) << 32U | index);
  }
  std::sort(keys.begin(), keys.end());
  std::transform(keys.begin(), keys.end(), view.begin(),
                 [](std::uint64_t key) { return static_cast<std::uint32_t>(key); });
}

View make_view(const Call& call, const IssueFilter& filter) {
  const Repository& repository = *call.repository;
  const bool is_unfiltered = filter.state == "all" && !filter.since && filter.assignee.empty() &&
                             filter.creator.empty() && filter.milestone.empty() &&
                             filter.labels.empty();
  View view;
  for (std::int64_t index = 0; index < repository.issues.size(); ++index) {
    if (is_unfiltered || passes(call.site, Issue::make(call.site, repository, index), filter)) {
      view.push_back(static_cast<std::uint32_t>(index));
    }
  }
  sort_by(repository, filter.sort, view);
  return view;
}

Answered list_issues(const Call& call) {
  IssueFilter filter;
  filter.state = TRY(call.choice("state", "open", {"open", "closed", "all"}, "Issue"));
  filter.sort = TRY(call.choice("sort", "created", {"created", "updated", "comments"}, "Issue"));
  const auto direction = TRY(call.choice("direction", "desc", {"asc", "desc"}, "Issue"));
  filter.since = TRY(call.time("since", "Issue"));
  filter.assignee = call.parameter("assignee");
  filter.creator = call.parameter("creator");
  filter.milestone = call.parameter("milestone");
  filter.labels = call.parameter("labels");
  const std::string key =
      format("issues|{}|{}|{}|{}|{}|{}|{}", filter.state, filter.sort, filter.since.value_or(-1),
             filter.assignee, filter.creator, filter.milestone, filter.labels);
  return slice_of(call.repository->views.get(key, [&] { return make_view(call, filter); }),
                  direction == "desc", [&call](std::int64_t index, std::string& out) {
                    write_issue(call.site, *call.repository, index, out);
                  });
}

Answered get_issue(const Call& call) {
  const std::int64_t number = TRY(call.number(0));
  if (number < 1 || number > call.repository->issues.size()) return std::unexpected(ApiError{});
  std::string body;
  write_issue(call.site, *call.repository, number - 1, body);
  return body;
}

View updated_since(const Timeline& timeline, View view, std::optional<Seconds> since) {
  if (since) {
    std::erase_if(view, [&](std::uint32_t index) { return timeline.updated(index) < *since; });
  }
  return view;
}

Listing comments_listing(const Call& call, std::shared_ptr<const View> view, bool is_descending) {
  return slice_of(std::move(view), is_descending, [&call](std::int64_t index, std::string& out) {
    write_comment(call.site, *call.repository, index, out);
  });
}

Answered list_comments(const Call& call) {
  const auto sort = TRY(call.choice("sort", "created", {"created", "updated"}, "IssueComment"));
  const auto direction = TRY(call.choice("direction", "asc", {"asc", "desc"}, "IssueComment"));
  const auto since = TRY(call.time("since", "IssueComment"));
  // The documentation: direction is ignored without the sort parameter.
  const bool is_descending = direction == "desc" && call.request.parameter("sort") != nullptr;
  const Timeline& comments = call.repository->comments;
  const auto make = [&] {
    View view(static_cast<std::size_t>(comments.size()));
    for (std::size_t i = 0; i < view.size(); ++i) view[i] = static_cast<std::uint32_t>(i);
    view = updated_since(comments, std::move(view), since);
    if (sort == "updated") {
      std::stable_sort(view.begin(), view.end(), [&](std::uint32_t a, std::uint32_t b) {
        return comments.updated(a) < comments.updated(b);
      });
    }
    return view;
  };
  const std::string key = format("comments|{}|{}", sort, since.value_or(-1));
  return comments_listing(call, call.repository->views.get(key, make), is_descending);
}

Answered list_comments_of_issue(const Call& call) {
  const std::int64_t number = TRY(call.number(0));
  if (number < 1 || number > call.repository->issues.size()) return std::unexpected(ApiError{});
  const auto since = TRY(call.time("since", "IssueComment"));
  auto view = std::make_shared<const View>(
      updated_since(call.repository->comments, call.repository->comments_of(number - 1), since));
  return comments_listing(call, std::move(view), false);
}

Answered get_comment(const Call& call) {
  const std::int64_t id = TRY(call.number(0));
  const std::int64_t index = (id - comment_id(*call.repository, 0)) / 3;
  if (index < 0 || index >= call.repository->comments.size() ||
      comment_id(*call.repository, index) != id) {
    return std::unexpected(ApiError{});
  }
  std::string body;
  write_comment(call.site, *call.repository, index, body);
  return body;
}

Answered list_labels(const Call& call) {
  return Listing{.size = call.repository->labels.size(),
                 .write = [&call](std::int64_t position, std::string& out) {
                   write_label(call.site, *call.repository,
                               call.repository->labels.at(position).number, out);
                 }};
}

}  // namespace

std::vector<Route> issue_routes() {
  return {{"/repos/{owner}/{repo}/issues", list_issues},
          {"/repos/{owner}/{repo}/issues/comments", list_comments},
          {"/repos/{owner}/{repo}/issues/comments/{}", get_comment},
          {"/repos/{owner}/{repo}/issues/{}", get_issue},
          {"/repos/{owner}/{repo}/issues/{}/comments", list_comments_of_issue},
          {"/repos/{owner}/{repo}/labels", list_labels}};
}

}  // namespace inlet::simulator::github
