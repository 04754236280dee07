#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/data/type.h"

namespace inlet::decode {

/// What decoding expects at one place of a record: the schema's tree with everything looked up
/// beforehand.
struct PlanNode {
  std::string name;
  std::string quoted;  ///< `"name"` as JSON text
  TypeKind kind = TypeKind::Struct;
  std::string type_text;     ///< for people
  bool is_key = false;       ///< a key or a struct that holds one: never null in a good record
  bool is_not_null = false;  ///< by the schema
  std::vector<PlanNode> children = {};  ///< struct members; list element; map key and value

  /// Struct only: the member that followed member i - 1 in the record before (0: the first one).
  std::vector<std::uint32_t> next = {};

  /// The member of this name, where `previous` was the one before it (nullopt at the start). Tries
  /// the member that came here last time, then all; remembers what it finds.
  std::optional<std::size_t> find(std::string_view member, std::optional<std::size_t> previous);
};

/// The plan for a schema's columns. Fails with Config for a key that is not in the schema.
Result<PlanNode> make_plan(const Schema& schema, const std::vector<std::string>& keys);

}  // namespace inlet::decode
