#pragma once

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/delta/table.h"
#include "inlet/store/store.h"
#include "inlet/upkeep/log_cleanup.h"
#include "inlet/upkeep/policy.h"

namespace inlet::upkeep {

/// When a table is tended.
enum class Moment {
  BetweenCommits,  ///< rows are waiting: only what is done in a moment
  AtRest,          ///< a run is at its end
};

/// What tending needs; all outlive the call.
struct Care {
  const Clock& clock;
  const Log& log;
  store::Store& store;
  const Policy& policy;
  const OnForget& on_forget;  ///< see clean_log()
};

/// Does what is due after a commit: rewrites bins, writes a checkpoint every so many commits, and
/// with it deletes expired files of the log. Gives the newest version that it knows.
///
/// Between commits at most one bin is rewritten, and only a small one; at rest one of any size, and
/// more while the policy's time lasts. Never fails: the rows are committed already, so what goes
/// wrong is logged as a warning. Safe beside other writers.
delta::Snapshot tend(delta::Snapshot table, const Care& care, Moment moment);

/// The checkpoint alone, for a table that somebody else keeps in shape.
delta::Snapshot only_checkpoint(delta::Snapshot table, const Care& care);

}  // namespace inlet::upkeep
