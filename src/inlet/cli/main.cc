#include "inlet/cli/program.h"

int main(int argc, char** argv) {
  return inlet::cli::run_main(argc, argv, nullptr);
}
