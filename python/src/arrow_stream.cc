#include <nanobind/nanobind.h>

#include <cerrno>
#include <exception>
#include <string>
#include <utility>

#include "inlet/base/format.h"
#include "python/src/interruptible.h"
#include "python/src/reading.h"

namespace inlet::python {
namespace {

namespace nb = nanobind;

struct StreamState {
  std::shared_ptr<Reading> reading;
  std::string last_error = {};
};

StreamState& state_of(ArrowArrayStream* stream) {
  return *static_cast<StreamState*>(stream->private_data);
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  *out = to_arrow_schema(state_of(stream).reading->schema());
  return 0;
}

// On Python's main thread the wait has to let Ctrl-C through. The consumer knows no exceptions, so
// it gets an error, and the signal is given to Python again for when the consumer has returned.
Result<std::optional<Batch>> next_of(Reading& reading) {
  if (!is_main_thread()) return reading.next();
  const nb::gil_scoped_acquire acquired;
  Result<std::optional<Batch>> next = std::optional<Batch>();
  try {
    run_interruptibly([&](std::stop_token stop) {
      const std::stop_callback on_stop(std::move(stop), [&] { reading.stop(); });
      next = reading.next();
    });
  } catch (const nb::python_error&) {
    PyErr_SetInterrupt();
    return fail(ErrorKind::Cancelled, "interrupted");
  }
  return next;
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
  StreamState& state = state_of(stream);
  Result<std::optional<Batch>> next = fail(ErrorKind::Bug, "the read threw");
  try {
    next = next_of(*state.reading);
  } catch (const std::exception& exception) {
    next = fail(ErrorKind::Bug, exception.what());
  }
  if (!next) {
    state.last_error = format("{}: {}", to_string(next.error().kind), next.error().message);
    return next.error().kind == ErrorKind::Cancelled ? EINTR : EIO;
  }
  *out = *next ? (*next)->release() : ArrowArray{};
  return 0;
}

const char* get_last_error(ArrowArrayStream* stream) {
  const std::string& error = state_of(stream).last_error;
  return error.empty() ? nullptr : error.c_str();
}

void release(ArrowArrayStream* stream) {
  const std::unique_ptr<StreamState> state(&state_of(stream));
  stream->release = nullptr;
}

}  // namespace

ArrowArrayStream to_arrow_stream(std::shared_ptr<Reading> reading) {
  auto state = std::make_unique<StreamState>(StreamState{.reading = std::move(reading)});
  return {.get_schema = get_schema,
          .get_next = get_next,
          .get_last_error = get_last_error,
          .release = release,
          .private_data = state.release()};
}

}  // namespace inlet::python
