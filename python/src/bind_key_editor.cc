#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <utility>

#include "inlet/apply/key_editor.h"
#include "inlet/base/try.h"
#include "inlet/data/spark_schema.h"
#include "python/src/bindings_internal.h"
#include "python/src/errors.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace inlet::python {
namespace {

using Names = std::vector<std::string>;

// Rows that Python's consumer takes over, once.
class EditRows {
 public:
  explicit EditRows(Batch rows) : rows_(std::move(rows)) {}

  nb::object to_arrow(const nb::object&) {
    nb::object schema = to_capsule(to_arrow_schema(rows_.schema()));
    return nb::make_tuple(schema, to_capsule(rows_.release()));
  }

 private:
  Batch rows_;
};

// What the producer gives is ours from here on.
Batch to_batch(const nb::object& rows, const std::shared_ptr<const Schema>& schema) {
  const nb::object capsules = rows.attr("__arrow_c_array__")();
  const nb::object capsule = capsules[1];
  auto* array = static_cast<ArrowArray*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array"));
  if (array == nullptr) throw nb::python_error();
  return {schema, std::exchange(*array, ArrowArray{})};
}

EditRows take(apply::KeyEditor& editor, const nb::object& rows) {
  Batch batch = to_batch(rows, editor.input());
  Result<Batch> edits = fail(ErrorKind::Bug, "no edits");
  {
    const nb::gil_scoped_release released;
    edits = editor.take(std::move(batch));
  }
  return EditRows(unwrap(std::move(edits)));
}

void make(apply::KeyEditor* editor, const std::string& schema, const Names& keys,
          const Names& sequence, const std::vector<Names>& sent, bool keeps_versions,
          bool ignore_null_updates, const Names& tracked, const Names& untracked,
          std::optional<std::int64_t> snapshot) {
  const auto made = [&]() -> Result<apply::KeyEditor> {
    const Schema table = TRY(from_spark_json(TRY(parse_json(schema))));
    return apply::KeyEditor::make(table, {.columns = {.keys = keys, .sequence = sequence},
                                          .history = {.keeps_versions = keeps_versions,
                                                      .ignore_null_updates = ignore_null_updates,
                                                      .tracked = tracked,
                                                      .untracked = untracked},
                                          .snapshot = snapshot,
                                          .sent = sent});
  };
  new (editor) apply::KeyEditor(unwrap(made()));
}

}  // namespace

void bind_key_editor(nb::module_& module) {
  nb::class_<EditRows>(module, "EditRows")
      .def("__arrow_c_array__", &EditRows::to_arrow, "requested_schema"_a = nb::none());
  nb::class_<apply::KeyEditor>(module, "KeyEditor")
      .def("__init__", &make, "schema"_a, "keys"_a, "sequence"_a, "sent"_a, "keeps_versions"_a,
           "ignore_null_updates"_a, "tracked"_a, "untracked"_a, "snapshot"_a.none())
      .def_prop_ro("input", [](apply::KeyEditor& editor) { return TableSchema(*editor.input()); })
      .def("take", &take, "rows"_a)
      .def("finish", [](apply::KeyEditor& editor) { return EditRows(unwrap(editor.finish())); });
}

}  // namespace inlet::python
