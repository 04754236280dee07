#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "testkit/github/repository.h"
#include "testkit/github/site.h"
#include "testkit/simulator/service.h"

namespace inlet::simulator::github {

struct WorldCounts {
  RepositoryCounts first;  ///< Of octo-org/hello-world.
  std::int64_t repositories = 4;
  std::int64_t organizations = 3;
  std::int64_t teams = 6;
};

/// Everything on the simulated GitHub. Reading is safe from many threads; mutate() needs to be
/// alone.
class World {
 public:
  World(std::uint64_t seed, const WorldCounts& counts, int ties);

  const std::vector<std::unique_ptr<Repository>>& repositories() const { return repositories_; }
  /// Names in any case; nullptr when there is none.
  Repository* find(std::string_view owner, std::string_view name) const;
  Repository* find(std::int64_t id) const;

  std::int64_t num_organizations() const { return counts_.organizations; }
  std::optional<std::int64_t> find_organization(std::string_view login) const;
  const Roster& teams() const { return teams_; }

  /// Applies `issues=N` (change), `create_issues=N`, `delete_branches=N` and their like to
  /// octo-org/hello-world at the time `now`. Which records is drawn from the seed and the number of
  /// earlier calls. Fails with Config on an unknown name.
  Status mutate(const Changes& changes, Seconds now, std::int64_t num_users);

 private:
  Status mutate_one(std::string_view name, std::int64_t number, Seconds now,
                    std::int64_t num_users);
  void create(Timeline& timeline, Seconds now);
  void change(Timeline& timeline, std::int64_t number, Seconds now);
  void change(Roster& roster, std::int64_t number);
  void erase(Roster& roster, std::int64_t number);

  std::uint64_t seed_;
  WorldCounts counts_;
  std::vector<std::unique_ptr<Repository>> repositories_;
  Roster teams_;
  std::uint64_t num_changes_ = 0;
};

}  // namespace inlet::simulator::github
