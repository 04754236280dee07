#include "testkit/file_size_limit.h"

#include <csignal>

namespace inlet::testkit {

// Without the signal, which would end the process, the write fails.
FileSizeLimit::FileSizeLimit(rlim_t num_bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
  getrlimit(RLIMIT_FSIZE, &before_);
  const rlimit small{.rlim_cur = num_bytes, .rlim_max = before_.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
}

FileSizeLimit::~FileSizeLimit() {
  setrlimit(RLIMIT_FSIZE, &before_);
  std::signal(SIGXFSZ, handler_);
}

}  // namespace inlet::testkit
