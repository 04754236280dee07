#pragma once

#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {

/// True when one of `names` is the object's display name, destination table or source table.
bool is_selected(const TableObject& object, const std::vector<std::string>& names);

/// The objects that `names` mean, in the spec's order; every object when there are no names. Config
/// for a name that no object has, with "did you mean".
Result<std::vector<const TableObject*>> select(const Spec& spec,
                                               const std::vector<std::string>& names);

/// True when another object of the spec fills the same table.
bool is_destination_shared(const Spec& spec, const TableObject& object);

}  // namespace inlet::pipeline
