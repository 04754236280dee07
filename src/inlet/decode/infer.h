#pragma once

#include <string>
#include <vector>

#include "inlet/base/error.h"
#include "inlet/connect/page.h"
#include "inlet/data/type.h"

namespace inlet::decode {

/// The type chosen for one path and the evidence for it, for people: `long: 200 integers of 200
/// records`.
struct InferredColumn {
  std::string path;
  std::string reason;
};
struct InferredSchema {
  Schema schema;
  std::vector<InferredColumn> why;
};

/// Chooses the narrowest type that holds every sampled value without loss (integers: long, past 64
/// bit or fractions of fixed digits: decimal where it fits, else double; RFC 3339 texts: timestamp;
/// mixed kinds: string; objects with many different member names: map). Nothing is not-null.
/// Columns in order of first sight.
Result<InferredSchema> infer_schema(const std::vector<Page>& samples);

}  // namespace inlet::decode
