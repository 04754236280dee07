#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"
#include "inlet/data/column_builder.h"
#include "inlet/delta/file_writer.h"

namespace inlet::apply {

/// The rows of several batches, seen as rows of one list of columns, to take values from. Columns
/// are matched by name; what a batch lacks is null.
class RowGather {
 public:
  explicit RowGather(std::vector<Field> columns) : columns_(std::move(columns)) {}

  const std::vector<Field>& columns() const { return columns_; }
  /// Borrows `batch`; gives the number by which RowPlace calls it. Config when a column has another
  /// type.
  Result<std::uint32_t> add(const Batch& batch);
  /// The same with none but these columns of it.
  Result<std::uint32_t> add(const Batch& batch, const std::vector<std::string>& only);

  /// Column `column` of a batch; nullopt when it lacks it.
  std::optional<ColumnView> find(std::size_t column, std::uint32_t batch) const;
  /// Appends the value of `column` in one row to a builder of this type.
  void append(ColumnBuilder& to, std::size_t column, delta::RowPlace place) const;

 private:
  struct Source {
    const Batch* batch = nullptr;
    std::vector<std::optional<std::size_t>> places;  // per column
  };

  std::vector<Field> columns_;
  std::vector<Source> sources_;
};

}  // namespace inlet::apply
