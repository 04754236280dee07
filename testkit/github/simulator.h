#pragma once

#include <memory>

#include "testkit/simulator/simulator.h"

namespace inlet::simulator {

/// GitHub's REST API, version 2022-11-28, as its documentation describes it: see README.md in this
/// folder. The organization `octo-org` has the repositories `hello-world` (all the counts),
/// `spoon-knife` (a tenth of them) and `empty-repo`; the signed-in user is `octocat`.
///
/// counts:   issues (pull requests included: every tenth), commits, branches, users, comments,
/// collaborators,
///           teams, organizations, repositories, labels.
/// settings: token           the only accepted token (default: any)
///           rate_limit      requests an hour with a token
///           rights          write (default) or read: then collaborators and teams answer 403
///           issue_shape     full (default: the documented members) or compact (about 592 bytes)
///           ties            percent of issues that share their updated_at with others (default 20)
///           mutate_every    after every Nth page of a list ...
///           mutate          ... these changes happen: `issues=3+create_issues=1`
///           gzip            on: answers are compressed when the client accepts it (default off)
Result<std::unique_ptr<Simulator>> make_github_simulator(const SimulatorOptions& options);

}  // namespace inlet::simulator
