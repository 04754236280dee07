#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "inlet/base/clock.h"
#include "inlet/base/log.h"
#include "inlet/delta/table.h"
#include "inlet/pipeline/spec.h"
#include "inlet/store/store.h"
#include "inlet/upkeep/tend.h"

namespace inlet::pipeline {

/// What the care of a table needs. Everything borrowed outlives it.
struct CareContext {
  const Clock& clock;
  Log log;
  store::Store& store;
  /// Shared by the tables of a run, so that one is rewritten at a time and memory stays that of
  /// one.
  std::mutex& turn;
  std::uint64_t sort_memory_bytes = 0;
};

/// Upkeep of one object's table and of those beside it, as its spec asks.
class TableCare {
 public:
  /// `object` outlives this.
  TableCare(CareContext context, const TableObject& object)
      : context_(std::move(context)), object_(object) {}

  /// The newest version of the table, after what is due between two commits. Never fails (see
  /// upkeep::tend).
  delta::Snapshot tend(delta::Snapshot table) const;
  /// The same at the end of a run that wrote data files of `written_bytes`.
  delta::Snapshot tend_at_rest(delta::Snapshot table, std::uint64_t written_bytes) const;
  /// At the end of a run: the table at `url` where there is one, such as a quarantine table.
  void tend_beside(std::shared_ptr<delta::Engine> engine, std::string_view url) const;

 private:
  upkeep::Policy policy_of(const delta::Snapshot& table) const;
  delta::Snapshot tend(delta::Snapshot table, upkeep::Moment moment,
                       const upkeep::Policy& policy) const;

  const CareContext context_;
  const TableObject& object_;
};

}  // namespace inlet::pipeline
