#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/delta/rolling_writer.h"
#include "inlet/delta/table.h"
#include "inlet/upkeep/row_order.h"

namespace inlet::upkeep {

class ScratchTable;

/// Sorts rows, of which it holds about `memory_bytes`. More are sorted piece by piece onto local
/// disk, each piece cut at the same places of the order, and then put together part by part. For
/// one thread.
class RowSorter {
 public:
  /// `order` outlives this. `file_bytes`: of the files that the rows come from, to choose how
  /// finely pieces are cut.
  RowSorter(const RowOrder& order, Schema schema, std::uint64_t memory_bytes,
            std::uint64_t file_bytes);
  ~RowSorter();

  /// All batches have the schema.
  Status add(Batch batch);
  /// Every row added, in order. Once.
  Status write_to(delta::RollingWriter& out);
  std::size_t num_pieces() const { return pieces_.size(); }

 private:
  /// Rows in memory, with their keys.
  struct Held {
    struct Row {
      std::string key;
      delta::RowPlace place;
    };
    std::vector<Batch> batches = {};
    std::vector<Row> rows = {};
    std::uint64_t num_bytes = 0;
  };
  /// Sorted rows on disk; part n is those from `begins[n]` to `begins[n + 1]`.
  struct Piece {
    delta::StagedFile file;
    std::vector<std::uint64_t> begins;
  };

  Status hold(Held& held, Batch batch, std::uint64_t first_row) const;
  static void sort(Held& held);
  Status spill();
  Status read_parts(Held& held, std::size_t first, std::size_t end) const;
  std::uint64_t rows_of_part(std::size_t part) const;

  const RowOrder& order_;
  const Schema schema_;
  const std::uint64_t memory_bytes_;
  const std::vector<std::string> cuts_;
  std::unique_ptr<ScratchTable> scratch_;
  std::vector<Piece> pieces_;
  Held held_;
  std::uint64_t num_rows_ = 0;
  std::uint64_t num_bytes_ = 0;
};

}  // namespace inlet::upkeep
