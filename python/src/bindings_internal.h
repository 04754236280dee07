#pragma once

#include <nanobind/nanobind.h>

namespace inlet::python {

/// Each adds its part to the extension module.
void bind_connection(nanobind::module_& module);
void bind_pipeline(nanobind::module_& module);

}  // namespace inlet::python
