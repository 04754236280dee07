#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlet/connect/source.h"

namespace inlet::testkit {

/// One table of one source whose data does not change while it is checked.
struct ContractCase {
  /// A new source on the same data each time it is called.
  std::function<Result<std::unique_ptr<Source>>()> make;
  TableRequest table;
  /// Options put over `table.options`: small pages, small caps, other orders. The table is read
  /// with each of them too and must give the same rows.
  std::vector<std::map<std::string, std::string>> variants = {};
  /// How many rows the table has, where the test knows.
  std::optional<std::size_t> num_rows = {};
  /// True for a source that reads an overlap again and leaves it to the engine to drop known rows.
  bool may_overlap = false;
  /// At how many page ends, spread over a reading, reading is resumed.
  std::size_t max_resumes = 20;
};

/// What the source does against the contract of connect/source.h, a sentence each; empty when it
/// keeps it: names, unknown tables, a stable schema with keys and cursor in it, rows that decode
/// under it with keys that are unique and never null, offsets that move with rows and come to
/// rest, the same rows again at any page size, after a stop at any page, in partitions and after
/// each of them, cancellation passed on.
std::vector<std::string> check_contract(const ContractCase& contract);

}  // namespace inlet::testkit
