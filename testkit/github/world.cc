#include "testkit/github/world.h"

#include <algorithm>
#include <array>
#include <set>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "testkit/github/repository_text.h"
#include "testkit/simulator/draw.h"

namespace inlet::simulator::github {
namespace {

constexpr std::int64_t kFirstRepositoryId = 1296200;
constexpr std::uint64_t kRepositoryStream = 71;
constexpr std::uint64_t kMutationStream = 72;

RepositoryCounts part_of(const RepositoryCounts& counts, std::int64_t divisor) {
  const auto part = [&](std::int64_t count) { return (count + divisor - 1) / divisor; };
  return {.issues = part(counts.issues),
          .comments = part(counts.comments),
          .commits = part(counts.commits),
          .branches = part(counts.branches),
          .collaborators = part(counts.collaborators),
          .labels = counts.labels};
}

constexpr std::array<std::string_view, 13> kChanges = {"issues",
                                                       "create_issues",
                                                       "comments",
                                                       "create_comments",
                                                       "create_commits",
                                                       "branches",
                                                       "create_branches",
                                                       "delete_branches",
                                                       "collaborators",
                                                       "create_collaborators",
                                                       "delete_collaborators",
                                                       "teams",
                                                       "create_teams"};

}  // namespace

World::World(std::uint64_t seed, const WorldCounts& counts, int ties)
    : seed_(seed), counts_(counts), teams_(counts.teams) {
  const std::string organization = organization_login(0);
  for (std::int64_t i = 0; i < counts.repositories; ++i) {
    RepositoryPlan plan{.id = kFirstRepositoryId + i, .owner = organization, .ties = ties};
    plan.seed = mix(seed, kRepositoryStream, static_cast<std::uint64_t>(i));
    if (i == 0) {
      plan.name = "hello-world";
      plan.counts = counts.first;
    } else if (i == 1) {
      plan.name = "spoon-knife";
      plan.counts = part_of(counts.first, 10);
    } else if (i == 2) {
      plan.name = "empty-repo";
      plan.counts = {.collaborators = 1};
    } else {
      plan.owner = i == 3 ? "octocat" : organization;
      plan.name = i == 3 ? "dotfiles" : format("project-{}", i);
      plan.counts = part_of(counts.first, 100);
    }
    repositories_.push_back(std::make_unique<Repository>(std::move(plan)));
  }
}

Repository* World::find(std::string_view owner, std::string_view name) const {
  for (const auto& repository : repositories_) {
    if (equal_names(repository->plan.owner, owner) && equal_names(repository->plan.name, name)) {
      return repository.get();
    }
  }
  return nullptr;
}

Repository* World::find(std::int64_t id) const {
  for (const auto& repository : repositories_) {
    if (repository->plan.id == id) return repository.get();
  }
  return nullptr;
}

std::optional<std::int64_t> World::find_organization(std::string_view login) const {
  for (std::int64_t i = 0; i < counts_.organizations; ++i) {
    if (equal_names(organization_login(i), login)) return i;
  }
  return std::nullopt;
}

Status World::mutate(const Changes& changes, Seconds now, std::int64_t num_users) {
  for (const auto& [name, number] : changes) TRY(mutate_one(name, number, now, num_users));
  for (const auto& repository : repositories_) repository->views.clear();
  return {};
}

Status World::mutate_one(std::string_view name, std::int64_t number, Seconds now,
                         std::int64_t num_users) {
  if (std::find(kChanges.begin(), kChanges.end(), name) == kChanges.end()) {
    return fail(ErrorKind::Config,
                format("no change \"{}\"{}", name, did_you_mean(name, kChanges)));
  }
  Repository& repository = *repositories_.front();
  Timeline* timeline = name.ends_with("issues")     ? &repository.issues
                       : name.ends_with("comments") ? &repository.comments
                       : name.ends_with("commits")  ? &repository.commits
                                                    : nullptr;
  if (timeline != nullptr) {
    if (!name.starts_with("create_")) {
      change(*timeline, number, now);
    } else {
      for (std::int64_t i = 0; i < number; ++i) create(*timeline, now);
    }
    return {};
  }
  Roster& roster = name.ends_with("branches") ? repository.branches
                   : name.ends_with("teams")  ? teams_
                                              : repository.collaborators;
  if (name.starts_with("delete_")) {
    erase(roster, number);
  } else if (!name.starts_with("create_")) {
    change(roster, number);
  } else {
    for (std::int64_t i = 0; i < number; ++i) roster.append();
    if (&roster == &repository.collaborators && roster.size() > 0 &&
        roster.at(roster.size() - 1).number >= num_users) {
      return fail(ErrorKind::Config, format("create_collaborators: only {} users", num_users));
    }
  }
  return {};
}

void World::create(Timeline& timeline, Seconds now) {
  Repository& repository = *repositories_.front();
  timeline.append(now);
  // A new comment is a change of its issue.
  if (&timeline != &repository.comments) return;
  repository.issues.stir(repository.issue_of_comment(timeline.size() - 1), now);
}

void World::change(Timeline& timeline, std::int64_t number, Seconds now) {
  Draw draw(seed_, kMutationStream, num_changes_++);
  const auto size = static_cast<std::uint64_t>(timeline.size());
  std::set<std::uint64_t> chosen;
  while (chosen.size() < std::min(size, static_cast<std::uint64_t>(number))) {
    chosen.insert(draw.below(size));
  }
  for (const std::uint64_t index : chosen) timeline.touch(static_cast<std::int64_t>(index), now);
}

void World::change(Roster& roster, std::int64_t number) {
  Draw draw(seed_, kMutationStream, num_changes_++);
  for (std::int64_t i = 0; i < number && roster.size() > 0; ++i) {
    roster.touch(static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(roster.size()))));
  }
}

void World::erase(Roster& roster, std::int64_t number) {
  Draw draw(seed_, kMutationStream, num_changes_++);
  // The first stays: a repository keeps its default branch and its owner.
  for (std::int64_t i = 0; i < number && roster.size() > 1; ++i) {
    roster.erase(
        1 + static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(roster.size() - 1))));
  }
}

}  // namespace inlet::simulator::github
