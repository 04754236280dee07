#include "inlet/upkeep/rewrite.h"

#include <algorithm>
#include <map>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/commit_race.h"
#include "inlet/delta/objects.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/upkeep/plan.h"
#include "inlet/upkeep/row_order.h"
#include "inlet/upkeep/row_sorter.h"
#include "inlet/upkeep/table_order.h"

namespace inlet::upkeep {
namespace {

using delta::DataFile;
using delta::Snapshot;
using delta::StagedFile;

// The same files are committed again cheaply; rows are not written again for ever.
constexpr int kMaxWrites = 4;

std::uint64_t live_bytes_of(const std::vector<DataFile>& files) {
  std::uint64_t bytes = 0;
  for (const DataFile& file : files) bytes += file.live_bytes();
  return bytes;
}

Status copy_rows(const Snapshot& base, const std::vector<DataFile>& files,
                 delta::RollingWriter& writer) {
  for (const DataFile& file : files) {
    if (TRY(writer.append(file))) continue;
    TRY(base.read(file, {}, [&](Batch batch, std::span<const std::uint64_t>) {
      return writer.write(std::move(batch));
    }));
  }
  return {};
}

Status sort_rows(const Snapshot& base, const std::vector<DataFile>& files, const Policy& policy,
                 delta::RollingWriter& writer) {
  const RowOrder order = TRY(RowOrder::make(base, files, policy.order_by));
  RowSorter sorter(order, base.schema(), policy.sort_memory_bytes, live_bytes_of(files));
  for (const DataFile& file : files) {
    TRY(base.read(file, {}, [&](Batch batch, std::span<const std::uint64_t>) {
      return sorter.add(std::move(batch));
    }));
  }
  return sorter.write_to(writer);
}

Result<std::vector<StagedFile>> write(const Snapshot& base, const std::vector<DataFile>& files,
                                      const Policy& policy) {
  delta::RollingWriter writer(base, cut_bytes(live_bytes_of(files), policy));
  const Status copied = policy.order_by.empty() ? copy_rows(base, files, writer)
                                                : sort_rows(base, files, policy, writer);
  Result<std::vector<StagedFile>> staged = writer.finish();
  if (copied || !staged) return staged;
  delta::discard(base, *staged);
  return std::unexpected(copied.error());
}

// What became of a bin's files in a newer version.
enum class Since { Unchanged, Changed, Gone };

// Brings `files` up to date as well.
Result<Since> look(const Snapshot& now, std::vector<DataFile>& files) {
  std::map<std::string_view, const DataFile*> live;
  const std::vector<DataFile> listed = TRY(now.files());
  for (const DataFile& file : listed) live.emplace(file.path, &file);
  Since since = Since::Unchanged;
  for (DataFile& file : files) {
    const auto found = live.find(file.path);
    if (found == live.end()) return Since::Gone;
    if (found->second->deletion_vector == file.deletion_vector) continue;
    since = Since::Changed;
    file = *found->second;
  }
  return since;
}

// One bin on its way into the table.
class Rewrite {
 public:
  Rewrite(const Clock& clock, const Snapshot& base, std::vector<DataFile> files,
          const Policy& policy)
      : race_(clock),
        base_(base),
        files_(std::move(files)),
        policy_(policy),
        result_{.table = base} {}

  Result<Rewritten> run() {
    if (TRY(look(base_, files_)) == Since::Gone) return std::move(result_);
    for (int num_writes = 0; num_writes < kMaxWrites; ++num_writes) {
      staged_ = TRY(write(base_, files_, policy_));
      for (const StagedFile& file : staged_) result_.bytes_written += file.size;
      Result<Since> outcome = commit();
      if (!outcome) {
        if (outcome.error().kind != ErrorKind::Indeterminate) delta::discard(base_, staged_);
        return std::unexpected(std::move(outcome).error());
      }
      result_.table = base_;
      if (result_.is_committed) return std::move(result_);
      delta::discard(base_, staged_);
      if (*outcome == Since::Gone) return std::move(result_);
    }
    result_.was_overtaken = true;
    return std::move(result_);
  }

 private:
  // Commits the staged files, on newer and newer versions, until that succeeds or is senseless.
  Result<Since> commit() {
    do {
      const delta::Edit edit = make_edit();
      Result<Snapshot> committed = delta::commit(base_, edit);
      if (committed) {
        account(edit);
        base_ = *std::move(committed);
        return Since::Unchanged;
      }
      if (committed.error().kind != ErrorKind::Conflict) {
        return std::unexpected(std::move(committed).error());
      }
      ++result_.num_lost_races;
      const Snapshot before = std::exchange(base_, TRY(base_.refresh()));
      const Since since = TRY(look(base_, files_));
      if (since != Since::Unchanged) return since;
      if (base_.schema() != before.schema()) return Since::Changed;
    } while (race_.again());
    return fail(ErrorKind::Conflict, format("{}: lost the commit race {} times; try again when the "
                                            "table is written less",
                                            base_.url(), delta::CommitRace::kMaxLost));
  }

  delta::Edit make_edit() const {
    delta::Edit edit{.operation = delta::Operation::Optimize,
                     .add = staged_,
                     .user_metadata = order_metadata(policy_.order_by)};
    for (const DataFile& file : files_) edit.remove.push_back(file.path);
    return edit;
  }

  void account(const delta::Edit& edit) {
    result_.is_committed = true;
    result_.num_files_removed = edit.remove.size();
    result_.num_files_added = edit.add.size();
    for (const DataFile& file : files_) {
      result_.bytes_removed += file.size;
      result_.num_rows_purged += file.num_dead;
    }
  }

  delta::CommitRace race_;
  Snapshot base_;
  std::vector<DataFile> files_;
  const Policy& policy_;
  std::vector<StagedFile> staged_;
  Rewritten result_;
};

}  // namespace

Result<Rewritten> rewrite(const Clock& clock, const Snapshot& base,
                          const std::vector<DataFile>& files, const Policy& policy) {
  return Rewrite(clock, base, files, policy).run();
}

}  // namespace inlet::upkeep
