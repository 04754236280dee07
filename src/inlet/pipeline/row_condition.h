#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/batch.h"

namespace inlet::pipeline {

/// A condition on the columns of a row, as SQL writes and means it: comparisons with literals, IN,
/// IS [NOT] NULL, AND, OR, NOT, parentheses; a boolean column may stand alone. The same text serves
/// Spark.
class RowCondition {
 public:
  /// Config when the text cannot be read, names no column of `schema`, or compares a column with
  /// what its type cannot hold; the error names the place in the text.
  static Result<RowCondition> parse(std::string_view text, const Schema& schema);
  RowCondition(RowCondition&&) noexcept;
  RowCondition& operator=(RowCondition&&) noexcept;
  ~RowCondition();

  /// Rows (ascending) for which the condition is true; null is not.
  std::vector<std::uint32_t> matches(const Batch& rows) const;

  struct Node;

 private:
  explicit RowCondition(std::unique_ptr<const Node> root);
  std::unique_ptr<const Node> root_;
};

}  // namespace inlet::pipeline
