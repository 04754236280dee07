#include "testkit/github/pull.h"

#include <array>

#include "inlet/base/format.h"
#include "testkit/github/commit.h"
#include "testkit/github/issue.h"
#include "testkit/github/repository_text.h"
#include "testkit/github/words.h"
#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr std::uint64_t kShaStream = 61;
constexpr std::uint64_t kReviewStream = 62;
constexpr std::uint64_t kReviewBodyStream = 63;
constexpr std::int64_t kFirstId = 2'000'000'000;
constexpr std::int64_t kFirstReviewId = 1'800'000'000;
constexpr std::int64_t kMaxReviews = 300;

std::int64_t pull_id(const Repository& repository, std::int64_t index) {
  return kFirstId + repository.plan.id % 100 * 5'000'000 + index;
}

std::string home_of(const Site& site, const Repository& repository) {
  return format("{}/repos/{}", site.base_url(), repository.full_name());
}

// Those that were there from the start.
std::int64_t num_first_reviews(const Repository& repository, std::int64_t index) {
  Draw draw(repository.plan.seed, kReviewStream, static_cast<std::uint64_t>(index));
  return static_cast<std::int64_t>(draw.below(5));
}

Seconds submission_of(const Repository& repository, std::int64_t index, std::int64_t review) {
  const std::int64_t added = review - num_first_reviews(repository, index);
  if (added < 0) return repository.issues.created(index) + 3600 * (review + 1);
  return repository.issues.touched(index, static_cast<std::size_t>(added));
}

bool is_merged(const Issue& issue) {
  return !issue.is_open && issue.index % 20 == 9;
}

void append_links(const Site& site, const Repository& repository, const Issue& issue,
                  JsonText& json) {
  const std::string home = home_of(site, repository);
  const std::string self = format("{}/pulls/{}", home, issue.number());
  const std::string as_issue = format("{}/issues/{}", home, issue.number());
  const std::string page =
      format("{}/{}/pull/{}", site.base_url(), repository.full_name(), issue.number());
  json.text("url", self).text("html_url", page).text("diff_url", page + ".diff");
  json.text("patch_url", page + ".patch").text("issue_url", as_issue);
  json.text("commits_url", self + "/commits").text("review_comments_url", self + "/comments");
  json.text("review_comment_url", home + "/pulls/comments{/number}");
  json.text("comments_url", as_issue + "/comments");
  json.text("statuses_url",
            home + "/statuses/" +
                sha_of(repository, kShaStream, static_cast<std::uint64_t>(issue.index)));
  json.key("_links").open('{');
  const auto link = [&](std::string_view name, const std::string& url) {
    json.key(name).open('{').text("href", url).close('}');
  };
  link("self", self);
  link("html", page);
  link("issue", as_issue);
  link("comments", as_issue + "/comments");
  link("review_comments", self + "/comments");
  link("commits", self + "/commits");
  json.close('}');
}

void append_end(const Site& site, const Repository& repository, const Issue& issue,
                std::string_view name, const std::string& branch, std::string& out) {
  const auto stream = name == "head" ? kShaStream : kShaStream + 100;
  JsonText json(out);
  json.key(name).open('{').text("label", repository.plan.owner + ":" + branch).text("ref", branch);
  json.text("sha", sha_of(repository, stream, static_cast<std::uint64_t>(issue.index)));
  json.raw("user", site.simple_user(issue.creator));
  // The fork that a pull request came from may be gone.
  if (name == "head" && issue.index % 40 == 19) {
    json.null("repo");
  } else {
    json.key("repo");
    write_nested_repository(site, repository, out);
  }
  json.close('}');
}

void append_reviewers(const Site& site, const Issue& issue, std::string& out) {
  JsonText json(out);
  json.key("requested_reviewers").open('[');
  if (issue.is_open && issue.index % 20 == 9)
    json.raw(site.simple_user((issue.index + 1) % site.num_users()));
  json.close(']').key("requested_teams").open('[');
  if (issue.is_open && issue.index % 20 == 19) write_simple_team(site, {.number = 0}, out);
  json.close(']');
}

void append_auto_merge(const Site& site, const Issue& issue, JsonText& json) {
  if (!issue.is_open || issue.index % 40 != 29) {
    json.null("auto_merge");
    return;
  }
  json.key("auto_merge").open('{').raw("enabled_by", site.simple_user(0));
  json.text("merge_method", "squash")
      .text("commit_title", "Fix it")
      .text("commit_message", "All of it");
  json.close('}');
}

void append_times(const Repository& repository, const Issue& issue, JsonText& json) {
  json.time("created_at", issue.created).time("updated_at", issue.updated);
  if (issue.is_open) {
    json.null("closed_at");
  } else {
    json.time("closed_at", issue.closed);
  }
  if (is_merged(issue)) {
    json.time("merged_at", issue.closed);
    json.text("merge_commit_sha",
              sha_of(repository, kShaStream + 1, static_cast<std::uint64_t>(issue.index)));
  } else {
    json.null("merged_at").null("merge_commit_sha");
  }
}

void append_text(const Issue& issue, std::string& out) {
  JsonText json(out);
  json.key("title");
  out += '"';
  issue.append_title(out);
  out += '"';
  json.key("body");
  if (issue.index % 16 == 3) {
    json.null();
    return;
  }
  out += '"';
  issue.append_body(out);
  out += '"';
}

void append_members(const Site& site, const Repository& repository, const Issue& issue,
                    std::string& out) {
  const std::int64_t id = pull_id(repository, issue.index);
  JsonText json(out);
  json.number("id", id).text("node_id", node_id("PullRequest", id));
  json.number("number", issue.number()).text("state", issue.is_open ? "open" : "closed");
  append_links(site, repository, issue, json);
  append_text(issue, out);
  json.boolean("locked", issue.index % 50 == 29);
  json.raw("active_lock_reason", issue.index % 50 == 29 ? "\"spam\"" : "null");
  json.raw("user", site.simple_user(issue.creator));
  json.raw("assignee",
           issue.assignee ? std::string_view(site.simple_user(*issue.assignee)) : "null");
  json.key("assignees").open('[');
  if (issue.assignee) json.raw(site.simple_user(*issue.assignee));
  json.close(']').key("labels").open('[');
  for (const std::int64_t label : issue.labels()) write_label(site, repository, label, out);
  json.close(']').key("milestone");
  if (issue.milestone == 0) {
    json.null();
  } else {
    write_milestone(site, repository, issue.milestone, out);
  }
  append_times(repository, issue, json);
  append_reviewers(site, issue, out);
  append_end(site, repository, issue, "head", head_branch(issue.index), out);
  append_end(site, repository, issue, "base", base_branch(issue.index), out);
  json.text("author_association", association(issue.creator));
  append_auto_merge(site, issue, json);
  json.boolean("draft", issue.index % 30 == 9);
}

}  // namespace

void write_pull(const Site& site, const Repository& repository, std::int64_t index,
                std::string& out) {
  JsonText json(out);
  json.open('{');
  append_members(site, repository, Issue::make(site, repository, index), out);
  json.close('}');
}

void write_single_pull(const Site& site, const Repository& repository, std::int64_t index,
                       std::string& out) {
  const Issue issue = Issue::make(site, repository, index);
  JsonText json(out);
  json.open('{');
  append_members(site, repository, issue, out);
  json.boolean("merged", is_merged(issue));
  json.raw("mergeable", issue.is_open ? "true" : "null");
  json.raw("rebaseable", issue.is_open ? "true" : "null");
  json.text("mergeable_state", issue.is_open ? "clean" : "unknown");
  json.raw("merged_by", is_merged(issue) ? std::string_view(site.simple_user(0)) : "null");
  json.number("comments", issue.num_comments).number("review_comments", 0);
  json.boolean("maintainer_can_modify", true).number("commits", 3).number("additions", 100);
  json.number("deletions", 3).number("changed_files", 5).close('}');
}

std::string head_branch(std::int64_t index) {
  return branch_name(2 + index / 10 % 50);
}

std::string base_branch(std::int64_t index) {
  return branch_name(index % 50 == 9 ? 1 : 0);
}

std::int64_t num_reviews(const Repository& repository, std::int64_t index) {
  return num_first_reviews(repository, index) +
         static_cast<std::int64_t>(repository.issues.version(index));
}

void write_review(const Site& site, const Repository& repository, std::int64_t index,
                  std::int64_t review, std::string& out) {
  constexpr std::array<std::string_view, 5> kStates = {"APPROVED", "CHANGES_REQUESTED", "COMMENTED",
                                                       "DISMISSED", "PENDING"};
  const std::int64_t id =
      kFirstReviewId + (repository.plan.id % 100 * 1'000'000 + index / 10) * kMaxReviews + review;
  const std::string pull = format("{}/pulls/{}", home_of(site, repository), index + 1);
  const std::string page = format("{}/{}/pull/{}#pullrequestreview-{}", site.base_url(),
                                  repository.full_name(), index + 1, id);
  Draw fact(repository.plan.seed, kReviewBodyStream, static_cast<std::uint64_t>(id));
  const auto user =
      static_cast<std::int64_t>(fact.below(static_cast<std::uint64_t>(site.num_users())));
  const std::string_view state = kStates[fact.below(kStates.size())];
  const int num_words = static_cast<int>(fact.below(12));

  JsonText json(out);
  json.open('{').number("id", id).text("node_id", node_id("PullRequestReview", id));
  // The account of a reviewer may have been deleted.
  json.raw("user", fact.chance(5) ? "null" : std::string_view(site.simple_user(user)));
  json.key("body");
  out += '"';
  append_words(fact, num_words, out);
  out += '"';
  json.text("state", state).text("html_url", page).text("pull_request_url", pull);
  json.text("author_association", association(user)).key("_links").open('{');
  json.key("html").open('{').text("href", page).close('}');
  json.key("pull_request").open('{').text("href", pull).close('}').close('}');
  if (state != "PENDING") json.time("submitted_at", submission_of(repository, index, review));
  json.text("commit_id", sha_of(repository, kShaStream, static_cast<std::uint64_t>(index)))
      .close('}');
}

}  // namespace inlet::simulator::github
