#include "inlet/base/foreign_threads.h"

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace inlet {

void sync_with_foreign_threads() {
#if defined(__SANITIZE_THREAD__)
  static char place = 0;
  __tsan_acquire(&place);
  __tsan_release(&place);
#endif
}

}  // namespace inlet
