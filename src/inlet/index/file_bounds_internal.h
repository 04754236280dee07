#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/data/type.h"
#include "inlet/delta/data_file.h"

namespace inlet::index {

/// Between what a column's values in one file lie, as RowKey bytes: every value that is neither
/// null nor NaN is at least `lower`, and its first bytes are at most `upper`. Empty: unknown.
struct Bounds {
  std::string lower;
  std::string upper;
};

/// The bounds that the files' statistics give for the column at `path`, one pair per file. Widened
/// where statistics are cut off (text, milliseconds, doubles), unknown where they say nothing that
/// can be relied on.
std::vector<Bounds> read_bounds(const Schema& schema, std::string_view path,
                                std::span<const delta::DataFile> files);

/// Tells which files cannot have any of some keys. `keys` are RowKey bytes whose first column the
/// bounds are of; borrowed for the life of this object.
class Pruner {
 public:
  Pruner(const Type& first_column, std::span<const std::string_view> keys);
  bool may_hold(const Bounds& bounds) const;

 private:
  std::vector<std::string_view> sorted_;
  bool is_open_ = false;  // some key is null or NaN, which bounds do not cover
};

}  // namespace inlet::index
