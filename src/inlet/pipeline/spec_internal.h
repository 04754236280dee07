#pragma once

#include <string>

#include "inlet/base/document.h"
#include "inlet/base/error.h"
#include "inlet/pipeline/spec.h"

namespace inlet::pipeline {

/// The spec in either of its two shapes, each object right in itself; objects are not compared with
/// one another. `name` is used where the document gives none.
Result<Spec> read_spec(const Document& document, std::string name);

}  // namespace inlet::pipeline
