#pragma once

#include "inlet/connect/offset.h"

namespace inlet::pipeline {

/// The offsets of a table whose rows and deletes are read in two flows. As one offset, that of the
/// deletes lies in the other under a name of its own, so that a table may get a delete flow later.
struct FlowOffsets {
  Offset upserts;
  Offset deletes;

  static FlowOffsets split(const Offset& both);
  Offset join() const;
};

}  // namespace inlet::pipeline
