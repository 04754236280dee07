#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

#include "inlet/base/error.h"
#include "python/src/errors.h"

namespace inlet::python {

/// Takes the calling thread as the one that Python's signal handlers run on. At import.
void remember_main_thread();

/// Whether this thread is that one.
bool is_main_thread();

/// Runs `work` on a thread of its own, without the GIL, and waits for it. Python handles signals
/// only on its main thread and only between two instructions, so this thread looks for them
/// meanwhile: where a handler raises (Ctrl-C), `work` is asked to stop, and once it has ended the
/// handler's exception is raised. `meanwhile` is called now and then, with the GIL. Call with the
/// GIL.
void run_interruptibly(const std::function<void(std::stop_token)>& work,
                       const std::function<void()>& meanwhile = {});

/// The same for work with a result; its error is raised.
template <class T, class Work>
T interruptible(const Work& work, const std::function<void()>& meanwhile = {}) {
  std::optional<Result<T>> result;
  run_interruptibly([&](std::stop_token stop) { result.emplace(work(std::move(stop))); },
                    meanwhile);
  return unwrap(*std::move(result));
}

}  // namespace inlet::python
