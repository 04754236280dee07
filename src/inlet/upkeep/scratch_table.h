#pragma once

#include <filesystem>
#include <utility>

#include "inlet/base/error.h"
#include "inlet/delta/table.h"

namespace inlet::upkeep {

/// A table in a fresh folder below the system's temporary one, to write files to and read them
/// again; it goes with this object.
class ScratchTable {
 public:
  static Result<ScratchTable> make(const Schema& schema);
  ~ScratchTable();
  ScratchTable(ScratchTable&& other) noexcept
      : folder_(std::exchange(other.folder_, {})), table_(std::move(other.table_)) {}
  ScratchTable& operator=(ScratchTable&&) = delete;

  const delta::Snapshot& table() const { return table_; }

 private:
  ScratchTable(std::filesystem::path folder, delta::Snapshot table)
      : folder_(std::move(folder)), table_(std::move(table)) {}

  std::filesystem::path folder_;
  delta::Snapshot table_;
};

}  // namespace inlet::upkeep
