#pragma once

#include <utility>

#include "inlet/base/error.h"

namespace inlet::python {

/// Raises `error` in Python, as the class of inlet.errors that stands for its kind. Needs the GIL.
[[noreturn]] void raise(const Error& error);

/// The door's TRY: the value, or its error raised in Python. Needs the GIL.
template <class T>
T unwrap(Result<T> result) {
  if (!result) raise(result.error());
  return *std::move(result);
}
void unwrap(const Status& status);

}  // namespace inlet::python
