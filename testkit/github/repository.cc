#include "testkit/github/repository.h"

#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr std::uint64_t kIssueStream = 100;
constexpr std::uint64_t kCommentStream = 200;
constexpr std::uint64_t kCommitStream = 300;
constexpr std::uint64_t kNewCommentStream = 400;

Timeline make_timeline(const RepositoryPlan& plan, std::uint64_t stream, std::int64_t count) {
  return Timeline({.seed = plan.seed, .stream = stream, .count = count, .ties = plan.ties});
}

std::int64_t divide_up(std::int64_t value, std::int64_t by) {
  return (value + by - 1) / by;
}

}  // namespace

Repository::Repository(RepositoryPlan made_from)
    : plan(std::move(made_from)),
      issues(make_timeline(plan, kIssueStream, plan.counts.issues)),
      comments(
          make_timeline(plan, kCommentStream, plan.counts.issues == 0 ? 0 : plan.counts.comments)),
      commits(make_timeline(plan, kCommitStream, plan.counts.commits)),
      branches(plan.counts.branches),
      collaborators(plan.counts.collaborators),
      labels(plan.counts.labels) {}

std::int64_t Repository::issue_of_comment(std::int64_t comment) const {
  if (comment < plan.counts.comments) return comment * plan.counts.issues / plan.counts.comments;
  return static_cast<std::int64_t>(
      mix(plan.seed, kNewCommentStream, static_cast<std::uint64_t>(comment)) %
      static_cast<std::uint64_t>(plan.counts.issues));
}

std::pair<std::int64_t, std::int64_t> Repository::first_comments(std::int64_t issue) const {
  if (issue >= plan.counts.issues) return {0, 0};
  return {divide_up(issue * plan.counts.comments, plan.counts.issues),
          divide_up((issue + 1) * plan.counts.comments, plan.counts.issues)};
}

std::int64_t Repository::num_comments(std::int64_t issue) const {
  if (comments.size() > plan.counts.comments) return std::ssize(comments_of(issue));
  const auto [begin, end] = first_comments(issue);
  return end - begin;
}

View Repository::comments_of(std::int64_t issue) const {
  View view;
  const auto [begin, end] = first_comments(issue);
  for (std::int64_t i = begin; i < end; ++i) view.push_back(static_cast<std::uint32_t>(i));
  for (std::int64_t i = plan.counts.comments; i < comments.size(); ++i) {
    if (issue_of_comment(i) == issue) view.push_back(static_cast<std::uint32_t>(i));
  }
  return view;
}

}  // namespace inlet::simulator::github
