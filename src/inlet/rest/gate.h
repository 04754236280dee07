#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inlet/decode/record_scan.h"
#include "inlet/rest/chain.h"
#include "inlet/rest/cursor_state.h"
#include "inlet/rest/plan.h"

namespace inlet::rest {

/// How a gate treats its table's cursor in one read.
struct GateSettings {
  CursorState start;
  std::chrono::milliseconds lookback{0};
  std::optional<CursorValue> start_at;
  /// False where several chains share the cursor: then order inside of one says nothing.
  bool is_ordered = true;
  /// False for a read without memory (snapshots, inner parents).
  bool has_memory = true;
  /// Values that the caller wants of each record.
  std::vector<std::string> pointers;
};

/// Decides, record by record, what a page brings that is new: drops what an earlier read delivered
/// and what its table's filter leaves out, holds back what lies behind the frozen upper bound, and
/// keeps the cursor. The engine's rule of "nothing lost, nothing doubled" is this class.
class Gate {
 public:
  /// Called for each record that passes, with the wanted values; false ends the read behind it.
  using Visit = std::function<Result<bool>(const PickedValues&)>;

  /// `table` outlives this.
  Gate(const TablePlan& table, GateSettings settings);

  /// `cursor.from` and `cursor.to` for the next chain, which begins here.
  Json begin_chain(const Clock& clock);
  /// True when a chain begun now would ask for something else than the present one.
  bool has_moved_on() const;

  /// Marks duplicates and filtered records in `answer.page` and counts those that pass;
  /// `environment` is for the filter.
  Result<std::size_t> pass(Answer& answer, const Environment& environment, const Clock& clock,
                           const Visit& visit);

  /// What the offset says once all that has passed so far is committed. During a read whose offset
  /// only moves at its end, this is what it started with.
  const CursorState& state() const { return moves_at_end_ ? start_ : state_; }
  /// The same at the end of a read that was not stopped early.
  CursorState final_state() const;
  /// No later page of this chain can bring anything.
  bool is_chain_finished() const { return is_chain_finished_; }
  bool is_stopped() const { return is_stopped_; }

 private:
  enum class Fate { Pass, Duplicate, Filtered };
  struct Seen {
    std::optional<CursorValue> value;
    std::uint64_t fingerprint = 0;
  };
  Status visit_record(const decode::ScannedRecord& record, const Environment& environment,
                      const Visit& visit, Page& page);
  Result<bool> is_filtered(const decode::ScannedRecord& record, const Environment& environment);
  Result<Seen> look_at(const decode::ScannedRecord& record) const;
  Result<Fate> judge(const Seen& seen);
  Result<Fate> judge_by_time(const CursorValue& value);
  PickedValues picked(const decode::ScannedRecord& record) const;

  const TablePlan& table_;
  const GateSettings settings_;
  CursorValue::Kind kind_ = CursorValue::Kind::Text;
  std::chrono::milliseconds memory_{0};  ///< how far back delivered records are known
  bool has_cursor_ = false;
  bool compares_content_ = false;
  bool moves_at_end_ = false;
  std::vector<std::string> pointers_;  ///< the cursor's, the keys', the filter's, the caller's
  std::size_t num_keys_ = 0;
  CursorState start_;
  CursorState state_;
  std::optional<CursorValue> from_;  ///< where this chain begins
  std::optional<CursorValue> last_;  ///< the greatest value of this chain
  bool is_first_chain_ = true;
  bool is_chain_finished_ = false;
  bool is_stopped_ = false;
};

}  // namespace inlet::rest
