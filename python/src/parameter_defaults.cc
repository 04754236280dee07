#include "python/src/parameter_defaults.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>

namespace nb = nanobind;

namespace inlet::python {

Result<std::map<std::string, std::string>> parameter_defaults() {
  const nb::gil_scoped_acquire held;
  try {
    const nb::object answer =
        nb::module_::import_("inlet.python_class").attr("parameter_defaults")();
    return nb::cast<std::map<std::string, std::string>>(answer);
  } catch (const nb::python_error& error) {
    return fail(ErrorKind::Bug, error.what());
  }
}

}  // namespace inlet::python
