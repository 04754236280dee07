#include "inlet/base/try.h"

#include <cstdio>
#include <cstdlib>

namespace inlet::detail {

void check_failed(const char* condition, std::source_location where) {
  std::fprintf(stderr, "%s:%u: CHECK(%s) failed; this is a bug in Inlet, please report it\n",
               where.file_name(), where.line(), condition);
  std::abort();
}

}  // namespace inlet::detail
