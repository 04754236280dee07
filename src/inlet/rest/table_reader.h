#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inlet/connect/source.h"
#include "inlet/rest/api_client.h"
#include "inlet/rest/chain.h"
#include "inlet/rest/gate.h"
#include "inlet/rest/page_outlet.h"
#include "inlet/rest/plan.h"

namespace inlet::rest {

/// One read of one table, from its offset to its end: through its parents, page by page, into the
/// sink. For one call of run().
class TableReader {
 public:
  /// All references outlive this.
  TableReader(const ApiPlan& api, ApiClient& client, const Clock& clock, const TablePlan& table,
              const ReadRequest& request, RecordSink& sink);

  Result<Offset> run();

 private:
  /// Whose cursor the offset holds.
  enum class Mode {
    Whole,     ///< nobody's: everything, every time
    Own,       ///< the table's own
    OfParent,  ///< the outermost parent's: its changed records are visited again
  };
  struct Ancestor {
    const ParentPlan* plan;  ///< of the table below it
    const TablePlan* table;  ///< nullptr: a list option
    std::optional<TableRead> read;
  };
  using Deliver = std::function<Result<bool>(const Environment&)>;

  Status prepare();
  Status add_ancestors(const TablePlan& table);
  Result<Options> options_for(const TablePlan& table) const;
  Result<Gate> make_gate(const TablePlan& table, const TableRead& read, bool has_memory,
                         std::vector<std::string> pointers) const;
  Result<Offset> read_once();
  Status visit_parents(std::size_t level, const Environment& environment, const Deliver& deliver);
  Status visit_list(const Ancestor& ancestor, std::size_t level, const Environment& environment,
                    const Deliver& deliver);
  Status visit_table(const Ancestor& ancestor, std::size_t level, const Environment& environment,
                     const Deliver& deliver);
  Result<bool> visit_record(const Ancestor& ancestor, std::size_t level, Environment environment,
                            const PickedValues& values, const Deliver& deliver);
  Status deliver_table(const Environment& environment, Gate& gate);
  Status follow(const TableRead& read, const Environment& environment, Gate& gate,
                const std::function<Status(Answer&, const Environment&)>& take);
  bool is_full() const { return cap_ && num_passed_ >= *cap_; }
  Result<CursorState> state_of(const Offset& offset) const;
  Offset offset_of(const CursorState& state) const;

  const ApiPlan& api_;
  ApiClient& client_;
  const Clock& clock_;
  const TablePlan& table_;
  const ReadRequest& request_;
  PageOutlet outlet_;
  Mode mode_ = Mode::Whole;
  std::optional<TableRead> read_;
  std::deque<Ancestor> ancestors_;  ///< the outermost first
  CursorState start_;
  Gate* parent_gate_ = nullptr;  ///< OfParent: of the outermost parent
  std::optional<CursorState> end_;
  std::optional<long long> cap_;
  long long num_passed_ = 0;
  bool is_stopped_ = false;
};

}  // namespace inlet::rest
