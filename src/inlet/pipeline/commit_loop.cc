#include "inlet/pipeline/commit_loop.h"

#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/commit_race.h"

namespace inlet::pipeline {
namespace {

bool is_empty(const delta::Edit& edit) {
  return edit.add.empty() && edit.delete_rows.empty() && edit.remove.empty() &&
         edit.add_columns.empty() && edit.app_id.empty();
}

}  // namespace

Result<delta::Snapshot> commit_with_retries(
    const Clock& clock, delta::Snapshot base,
    const std::function<Result<delta::Edit>(const delta::Snapshot& base)>& plan) {
  delta::CommitRace race(clock);
  do {
    const delta::Edit edit = TRY(plan(base));
    if (is_empty(edit)) return base;
    Result<delta::Snapshot> committed = delta::commit(base, edit);
    if (committed || committed.error().kind != ErrorKind::Conflict) return committed;
    base = TRY(base.refresh());
  } while (race.again());
  return fail(ErrorKind::Conflict,
              format("{}: lost the commit race {} times; too many writers at once, run it again "
                     "when they are done",
                     base.url(), delta::CommitRace::kMaxLost));
}

}  // namespace inlet::pipeline
