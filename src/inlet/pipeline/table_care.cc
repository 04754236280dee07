#include "inlet/pipeline/table_care.h"

#include <algorithm>
#include <utility>

#include "inlet/pipeline/offset_log.h"

namespace inlet::pipeline {

namespace {

// A run may write its bytes so many times more to leave a table that reads like a fresh one.
constexpr std::uint64_t kRepayFactor = 5;
// A run that wrote less is not worth another commit: what it left reads fast in any shape.
constexpr std::uint64_t kLeastRepaidBytes = 4 << 20;

}  // namespace

delta::Snapshot TableCare::tend(delta::Snapshot table) const {
  const upkeep::Policy policy = policy_of(table);
  return tend(std::move(table), upkeep::Moment::BetweenCommits, policy);
}

delta::Snapshot TableCare::tend_at_rest(delta::Snapshot table, std::uint64_t written_bytes) const {
  upkeep::Policy policy = policy_of(table);
  if (written_bytes >= kLeastRepaidBytes) policy.repay_bytes = kRepayFactor * written_bytes;
  return tend(std::move(table), upkeep::Moment::AtRest, policy);
}

upkeep::Policy TableCare::policy_of(const delta::Snapshot& table) const {
  upkeep::Policy policy{.sort_memory_bytes = context_.sort_memory_bytes};
  for (const std::string& column : object_.cluster_by) {
    // The spec allows a column that schema_evolution keeps out of the table, and knows nothing of
    // the partitions of a table that it did not make.
    const bool is_constant = std::ranges::count(table.partition_columns(), column) > 0;
    if (table.schema().find(column) != nullptr && !is_constant) policy.order_by.push_back(column);
  }
  return policy;
}

delta::Snapshot TableCare::tend(delta::Snapshot table, upkeep::Moment moment,
                                const upkeep::Policy& policy) const {
  const delta::Snapshot before = table;
  const upkeep::OnForget keep = [&](std::string_view user_metadata) {
    return keep_offset(context_.store, before, user_metadata);
  };
  const upkeep::Care care{.clock = context_.clock,
                          .log = context_.log,
                          .store = context_.store,
                          .policy = policy,
                          .on_forget = keep};
  if (!object_.is_tended) return upkeep::only_checkpoint(std::move(table), care);
  std::unique_lock turn(context_.turn, std::defer_lock);
  if (moment == upkeep::Moment::AtRest) {
    turn.lock();
  } else if (!turn.try_lock()) {
    return upkeep::only_checkpoint(std::move(table), care);
  }
  return upkeep::tend(std::move(table), care, moment);
}

void TableCare::tend_beside(std::shared_ptr<delta::Engine> engine, std::string_view url) const {
  Result<delta::Snapshot> table = delta::Snapshot::open(std::move(engine), url);
  if (table) {
    tend(*std::move(table), upkeep::Moment::AtRest, {});
  } else if (table.error().kind != ErrorKind::NotFound) {
    context_.log.warn("a table was not tended; the rows are safe",
                      {{"error", table.error().message}});
  }
}

}  // namespace inlet::pipeline
