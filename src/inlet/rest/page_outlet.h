#pragma once

#include <cstdint>
#include <optional>

#include "inlet/connect/source.h"

namespace inlet::rest {

/// Hands pages to the sink, one behind: the last page of a read carries the offset of its end, and
/// only the end tells which page was the last.
class PageOutlet {
 public:
  /// `sink` outlives this. Pages before the first move_to() carry `start`.
  PageOutlet(RecordSink& sink, Offset start) : sink_(sink), offset_(std::move(start)) {}

  /// What was pushed so far brings the reader to `offset`.
  void move_to(Offset offset);
  /// Takes a page at the present offset.
  Status push(Page page);
  /// Hands over what is held; the read has ended at `end`.
  Status finish(Offset end);
  /// Hands over what is held, as far as it goes: the read has failed.
  Status flush();
  bool is_untouched() const { return num_pages_ == 0; }

 private:
  RecordSink& sink_;
  Offset offset_;
  std::optional<Page> held_;
  std::uint64_t num_pages_ = 0;
};

}  // namespace inlet::rest
