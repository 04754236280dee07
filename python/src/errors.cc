#include "python/src/errors.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

namespace nb = nanobind;

namespace inlet::python {

void raise(const Error& error) {
  std::optional<double> retry_after_seconds;
  if (error.retry_after) {
    retry_after_seconds = std::chrono::duration<double>(*error.retry_after).count();
  }
  const nb::object exception =
      nb::module_::import_("inlet.errors")
          .attr("error_of")(std::string(to_string(error.kind)), error.message, retry_after_seconds);
  PyErr_SetObject(exception.type().ptr(), exception.ptr());
  throw nb::python_error();
}

void unwrap(const Status& status) {
  if (!status) raise(status.error());
}

}  // namespace inlet::python
