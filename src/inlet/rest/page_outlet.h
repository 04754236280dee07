#pragma once

#include <cstdint>
#include <optional>

#include "inlet/connect/source.h"

namespace inlet::rest {

/// Hands pages to the sink, one behind: a page carries the offset that move_to() names before the
/// next page comes, or that finish() names. A page behind which nobody moves ends in mid-air and
/// repeats the offset of the page before it.
class PageOutlet {
 public:
  /// `sink` outlives this.
  PageOutlet(RecordSink& sink, Offset start) : sink_(sink), reached_(std::move(start)) {}

  /// What was pushed so far brings the reader to `offset`.
  void move_to(Offset offset);
  Status push(Page page);
  /// Hands over what is held; the read has ended at `end`.
  Status finish(Offset end);
  /// Hands over what is held, as far as it goes: the read has failed.
  Status flush();
  bool is_untouched() const { return num_pages_ == 0; }

 private:
  RecordSink& sink_;
  Offset reached_;  ///< by the pages that were handed over
  std::optional<Page> held_;
  std::uint64_t num_pages_ = 0;
};

}  // namespace inlet::rest
