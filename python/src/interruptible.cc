#include "python/src/interruptible.h"

#include <nanobind/nanobind.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace nb = nanobind;

namespace inlet::python {
namespace {

// How long Ctrl-C may go unseen; Python has no way to be told of it on another thread.
constexpr std::chrono::milliseconds kGlance{50};

std::thread::id& main_thread() {
  static std::thread::id id;
  return id;
}

}  // namespace

void remember_main_thread() {
  main_thread() = std::this_thread::get_id();
}

bool is_main_thread() {
  return main_thread() == std::this_thread::get_id();
}

void run_interruptibly(const std::function<void(std::stop_token)>& work,
                       const std::function<void()>& meanwhile) {
  std::mutex mutex;
  std::condition_variable ended;
  bool has_ended = false;
  std::exception_ptr thrown;
  std::optional<nb::python_error> raised;
  {
    std::jthread worker([&](std::stop_token stop) {
      try {
        work(std::move(stop));
      } catch (...) {
        thrown = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      has_ended = true;
      ended.notify_one();
    });
    const auto wait = [&] {
      const nb::gil_scoped_release released;
      std::unique_lock lock(mutex);
      return ended.wait_for(lock, kGlance, [&] { return has_ended; });
    };
    while (!wait()) {
      if (raised) continue;
      try {
        if (PyErr_CheckSignals() != 0) throw nb::python_error();
        if (meanwhile) meanwhile();
      } catch (nb::python_error& error) {
        raised.emplace(std::move(error));
        worker.request_stop();
      }
    }
  }
  if (raised) throw nb::python_error(*std::move(raised));
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace inlet::python
