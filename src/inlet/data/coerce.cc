#include "inlet/data/coerce.h"

#include "inlet/base/format.h"

namespace inlet {

Result<CoercionPolicy> parse_coercion_policy(std::string_view text) {
  if (text == "strict") return CoercionPolicy::Strict;
  if (text == "lenient") return CoercionPolicy::Lenient;
  if (text == "lakeflow") return CoercionPolicy::Lakeflow;
  return fail(ErrorKind::Config,
              format("unknown coercion policy \"{}\"; use strict, lenient or lakeflow", text));
}

std::string_view to_text(CoercionPolicy policy) {
  switch (policy) {
    case CoercionPolicy::Strict: return "strict";
    case CoercionPolicy::Lenient: return "lenient";
    case CoercionPolicy::Lakeflow: return "lakeflow";
  }
  return "strict";
}

}  // namespace inlet
