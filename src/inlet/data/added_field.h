#pragma once

#include <span>
#include <string>
#include <vector>

#include "inlet/data/type.h"

namespace inlet {

/// A column that a schema gets, or a member that one of its structs gets, at any depth.
struct AddedField {
  Field field;
  /// The way to the struct; empty for a column. A list's step is called "element", a map's "key"
  /// and "value".
  std::vector<std::string> parent = {};

  /// For people: dotted.
  std::string path() const;
};

/// What `wanted` has and `present` lacks, in the order of `wanted`, as nullable fields. Types that
/// are of different kinds are not looked into, nor are the keys of maps.
std::vector<AddedField> fields_lacking(const Schema& wanted, const Schema& present);

/// `schema` with each of `added`, whose parents are there, behind the fields beside it.
Schema with_fields(Schema schema, std::span<const AddedField> added);

}  // namespace inlet
