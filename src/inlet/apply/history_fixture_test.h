#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlet/apply/history_edit.h"

namespace inlet::apply {

/// An upsert with the words of `values` as its cells: `-` is not sent, `null` is null.
Event upsert(int sequence, std::string_view values);
Event remove(int sequence);

bool is_empty(const HistoryEdit& edit);

/// What both tables hold of one key, in memory.
class KeyStore {
 public:
  /// `is_tracked` empty: all are.
  explicit KeyStore(HistoryRules rules = {}) : rules_(std::move(rules)) {}

  HistoryEdit apply(std::vector<Event> changes);
  /// Ends after the auxiliary table was written.
  void apply_and_crash(std::vector<Event> changes);
  /// With no more of the history than the applier reads.
  HistoryEdit apply_to_tail(std::vector<Event> changes);
  /// The auxiliary table is gone.
  void lose_kept() { stored_.kept.clear(); }

  /// `A x [5,10)`, ordered by start.
  std::vector<std::string> rows() const;
  /// `5 A x`, `7 delete`, ordered by sequence.
  std::vector<std::string> kept() const;

 private:
  HistoryRules rules_for(const std::vector<Event>& changes) const;
  void write_kept(const HistoryEdit& edit);
  void write_versions(const HistoryEdit& edit);

  HistoryRules rules_;
  StoredHistory stored_;
};

}  // namespace inlet::apply
