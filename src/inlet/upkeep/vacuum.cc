#include "inlet/upkeep/vacuum.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/delta/objects.h"
#include "inlet/store/local_file.h"
#include "inlet/upkeep/leftovers.h"
#include "inlet/upkeep/retention.h"

namespace inlet::upkeep {
namespace {

using delta::Need;
using delta::Snapshot;
using store::ObjectInfo;

// An object store takes its time for each request.
constexpr unsigned kNumDeleters = 8;

/// The objects below one folder that may not be deleted, by decoded path.
class Needed {
 public:
  static Result<Needed> of(const Snapshot& table, Timestamp horizon) {
    Needed needed;
    needed.folder_ = store::percent_decoded(table.url()) + "/";
    TRY(delta::visit_needed(table, horizon, [&](std::string_view url, Need need) {
      // A shallow clone's files lie elsewhere, and are that table's to keep.
      const auto path = needed.path_of(url);
      if (!path) return;
      needed.all_.insert(*path);
      if (need == Need::Live) needed.unseen_.insert(*path);
    }));
    return needed;
  }

  std::optional<std::string> path_of(std::string_view url) const {
    std::string decoded = store::percent_decoded(url);
    if (!decoded.starts_with(folder_)) return std::nullopt;
    return decoded.substr(folder_.size());
  }

  void see(const std::string& path) { unseen_.erase(path); }

  bool contains(const std::string& path) const {
    return all_.contains(path) ||
           (kind_of(path) == NameKind::Checksum && all_.contains(checked_path(path)));
  }

  /// A live file that the listing did not have, where there is one.
  std::optional<std::string> missing() const {
    if (unseen_.empty()) return std::nullopt;
    return *unseen_.begin();
  }

 private:
  std::string folder_;
  std::unordered_set<std::string> all_;
  std::unordered_set<std::string> unseen_;
};

Result<std::chrono::milliseconds> settle_retention(const Snapshot& table,
                                                   const VacuumRequest& request) {
  const auto own = TRY(file_retention(table));
  const auto wanted = request.retention.value_or(own);
  if (wanted >= own || request.shorter == VacuumRequest::Shorter::Allow) return wanted;
  return fail(ErrorKind::Config,
              format("{}: a retention of {} h is shorter than the table's own of {} h; readers of "
                     "older versions and writers that are at work now may lose files, so "
                     "that has to be forced (--force)",
                     table.url(), std::chrono::duration<double, std::ratio<3600>>(wanted).count(),
                     std::chrono::duration<double, std::ratio<3600>>(own).count()));
}

Status remove_one(store::Store& store, const ObjectInfo& object) {
  const auto path = store::local_path(object.url);
  if (path && path->find('#') != std::string::npos) {
    std::error_code code;
    std::filesystem::remove(*path, code);
    if (!code) return {};
    return fail(ErrorKind::Unavailable, format("cannot delete {}: {}", *path, code.message()));
  }
  Status removed = store.remove(object.url);
  // Another vacuum was faster.
  if (!removed && removed.error().kind == ErrorKind::NotFound) return {};
  return removed;
}

Status remove_all(store::Store& store, const std::vector<ObjectInfo>& objects) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Status outcome;
  const auto work = [&] {
    for (std::size_t at = next++; at < objects.size(); at = next++) {
      Status removed = remove_one(store, objects[at]);
      if (removed) continue;
      next = objects.size();
      const std::lock_guard lock(mutex);
      outcome = std::move(removed);
    }
  };
  {
    std::vector<std::jthread> deleters;
    const std::size_t num_deleters = std::min<std::size_t>(kNumDeleters, objects.size());
    for (std::size_t deleter = 0; deleter < num_deleters; ++deleter) deleters.emplace_back(work);
  }
  return outcome;
}

}  // namespace

Result<Vacuumed> vacuum(const Snapshot& table, store::Store& store, Timestamp now,
                        const VacuumRequest& request) {
  Vacuumed report{.retention = TRY(settle_retention(table, request))};
  const Timestamp horizon = now - report.retention;
  Needed needed = TRY(Needed::of(table, horizon));
  const auto look = [&](const ObjectInfo& object) -> Status {
    const auto path = needed.path_of(object.url);
    if (!path) return {};
    needed.see(*path);
    if (kind_of(*path, table.partition_columns()) == NameKind::Hidden) return {};
    if (object.modified >= horizon || needed.contains(*path)) {
      ++report.num_objects_kept;
      return {};
    }
    report.objects.push_back(object);
    report.num_bytes += object.size;
    return {};
  };
  TRY(store.list(table.url(), look));
  const std::vector<ObjectInfo> hidden = TRY(hidden_leftovers(table.url()));
  for (const ObjectInfo& object : hidden) {
    const auto path = needed.path_of(object.url);
    if (!path || object.modified >= horizon || needed.contains(*path)) continue;
    report.objects.push_back(object);
    report.num_bytes += object.size;
  }
  if (const auto missing = needed.missing()) {
    return fail(
        ErrorKind::Config,
        format("{}: version {} needs the file {}, which its folder does not have; nothing was "
               "deleted, since what else is wrong with the table is unknown",
               table.url(), table.version(), *missing));
  }
  if (request.mode == VacuumRequest::Mode::Delete) TRY(remove_all(store, report.objects));
  return report;
}

}  // namespace inlet::upkeep
