// The program, made to die by SIGKILL at a named step: INLET_KILL_AT=before_commit:3 kills it the
// third time that any table comes there.

#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "inlet/cli/program.h"
#include "inlet/pipeline/run.h"

namespace {

class KillingObserver final : public inlet::pipeline::RunObserver {
 public:
  explicit KillingObserver(std::string_view where) {
    const std::size_t colon = where.find(':');
    step_ = where.substr(0, colon);
    if (colon == std::string_view::npos) return;
    std::from_chars(where.data() + colon + 1, where.data() + where.size(), number_);
  }

  void on_step(inlet::pipeline::Step step, const std::string&) override {
    if (to_string(step) == step_ && ++num_seen_ == number_) ::kill(::getpid(), SIGKILL);
  }
  void on_progress(const inlet::pipeline::Progress&) override {}

 private:
  std::string step_;
  int number_ = 1;
  std::atomic<int> num_seen_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const char* where = std::getenv("INLET_KILL_AT");
  KillingObserver observer(where == nullptr ? "" : where);
  return inlet::cli::run_main(argc, argv, &observer);
}
