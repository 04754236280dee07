#pragma once

#include <cstdint>

#include "inlet/delta/table_fixture_test.h"

namespace inlet::upkeep {

/// Tables of many small files.
class SmallFilesFixture : public delta::TableFixture {
 protected:
  /// Ten rows a file, a commit each; no id comes twice.
  delta::Snapshot append(const delta::Snapshot& table, int num_files) {
    delta::Snapshot now = table;
    for (int file = 0; file < num_files; ++file) {
      now = must_commit(now, {.add = {write_file(now, people(next_, next_ + 9))}});
      next_ += 10;
    }
    return now;
  }

 private:
  std::int64_t next_ = 0;
};

}  // namespace inlet::upkeep
