#pragma once

#include <string>
#include <vector>

#include "inlet/apply/applier.h"
#include "inlet/data/column_builder.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/index/key_locator.h"

namespace inlet::apply {

/// Writes rows of a table one by one and remembers their keys, so that a locator need not read them
/// back.
class RowWriter {
 public:
  RowWriter(const delta::Snapshot& table, const KeyedColumns& columns);

  /// The caller appends one row to every column, then ends it.
  BatchBuilder& rows() { return rows_; }
  Status end_row();
  Result<std::vector<delta::StagedFile>> finish();
  /// After finish(): RollingWriter::order().
  std::vector<std::uint64_t> order() const { return writer_.order(); }

  /// After finish(): what was written.
  std::vector<index::WrittenKeys> written() const;

 private:
  Status flush();

  const KeyedColumns columns_;
  BatchBuilder rows_;
  delta::RollingWriter writer_;
  std::vector<delta::StagedFile> files_;
  std::vector<std::string> keys_;
  std::vector<std::string> sequences_;
};

}  // namespace inlet::apply
