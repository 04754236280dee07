#include <malloc.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <thread>
#include <utility>

#include "inlet/cli/program.h"
#include "inlet/connect/registry.h"

namespace inlet::cli {
namespace {

constexpr unsigned kUnknownWidth = 100;

// Column buffers of some megabytes come and go all the time. By default each would be mapped,
// faulted in page by page and unmapped again: a sixth of the time of a run.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_ARENA_MAX, 4);
}

unsigned terminal_width(int descriptor) {
  if (::isatty(descriptor) == 0) return 0;
  winsize size = {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUnknownWidth;
  return size.ws_col;
}

// Turns SIGINT and SIGTERM into a stop request, once somebody asked for it; ends the program before
// that and at the second signal. A thread of its own waits for them, since almost nothing may be
// called from a signal handler. Make it before any other thread: they inherit the mask.
class InterruptGuard {
 public:
  InterruptGuard() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    // A reader that goes away (`| head`) shows as a failed write.
    std::signal(SIGPIPE, SIG_IGN);
    waiter_ = std::thread([this] { wait(); });
  }
  ~InterruptGuard() {
    is_over_ = true;
    pthread_kill(waiter_.native_handle(), SIGTERM);
    waiter_.join();
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  std::stop_token token() {
    is_asked_ = true;
    return stop_.get_token();
  }

 private:
  void wait() {
    int number = 0;
    while (sigwait(&signals_, &number) == 0 && !is_over_) {
      if (!is_asked_ || !stop_.request_stop()) ::_exit(static_cast<int>(ExitCode::Interrupted));
    }
  }

  sigset_t signals_ = {};
  std::stop_source stop_;
  std::atomic<bool> is_asked_ = false;
  std::atomic<bool> is_over_ = false;
  std::thread waiter_;
};

}  // namespace

int run_main(int argc, char** argv, pipeline::RunObserver* observer,
             std::map<std::string, std::string> parameter_defaults) {
  keep_freed_memory();
  std::ios::sync_with_stdio(false);
  InterruptGuard interrupts;
  const SystemClock clock;
  World world{.clock = clock,
              .registry = registry(),
              .resolver = pipeline::SecretResolver::system(),
              .in = std::cin,
              .out = std::cout,
              .err = std::cerr,
              .out_width = terminal_width(STDOUT_FILENO),
              .err_width = terminal_width(STDERR_FILENO),
              .stop_on_interrupt = [&] { return interrupts.token(); },
              .observer = observer,
              .parameter_defaults = std::move(parameter_defaults)};
  const ExitCode code = run_program({argv + 1, argv + argc}, world);
  std::cout.flush();
  return static_cast<int>(code);
}

}  // namespace inlet::cli
