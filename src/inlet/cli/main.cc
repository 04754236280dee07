#include <malloc.h>

#include "inlet/cli/program.h"

int main(int argc, char** argv) {
  // Column buffers of some megabytes come and go all the time. By default each would be mapped,
  // faulted in page by page and unmapped again: a sixth of the time of a run.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_ARENA_MAX, 4);
  return inlet::cli::run_main(argc, argv, nullptr);
}
