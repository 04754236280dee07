#include "inlet/base/version.h"
#include "python/src/bindings_internal.h"
#include "python/src/interruptible.h"

// The names that nanobind's macro makes are not ours to spell.
NB_MODULE(_native, module) {
  // At exit interpreters drop objects in any order; that is nothing to tell users of.
  nanobind::set_leak_warnings(false);
  inlet::python::remember_main_thread();
  module.doc() = "The engine. Use the package inlet, which wraps it.";
  module.attr("version") = inlet::kVersion.data();
  inlet::python::bind_rows(module);
  inlet::python::bind_connection(module);
  inlet::python::bind_landing(module);
  inlet::python::bind_pipeline(module);
  inlet::python::bind_ingest(module);
  inlet::python::bind_key_editor(module);
}
