#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "python/src/reading.h"

namespace inlet::python {

/// A capsule that owns `content`, as Arrow's PyCapsule interface wants it.
nanobind::object to_capsule(ArrowSchema content);
nanobind::object to_capsule(ArrowArrayStream content);
nanobind::object to_capsule(ArrowArray content);

/// A refused record and where it came from, as a dict and back.
nanobind::dict to_dict(const pipeline::RefusedRecord& refused);
pipeline::RefusedRecord to_refused(const nanobind::dict& dict);

/// A table's columns, for Python.
class TableSchema {
 public:
  explicit TableSchema(Schema schema) : schema_(std::move(schema)) {}
  nanobind::object arrow_schema() const { return to_capsule(to_arrow_schema(schema_)); }
  std::string json() const;
  std::vector<std::string> names() const;

 private:
  Schema schema_;
};

/// A read for one consumer, and what is known once it is consumed.
class TableRows {
 public:
  explicit TableRows(std::shared_ptr<Reading> reading) : reading_(std::move(reading)) {}
  nanobind::object arrow_stream(const nanobind::object& requested_schema);
  std::string next_offset() const;
  nanobind::list refused() const;
  TableSchema schema() const { return TableSchema(reading_->schema()); }
  std::uint64_t num_records() const { return reading_->num_records(); }
  std::uint64_t num_refused() const { return reading_->num_refused(); }

 private:
  std::shared_ptr<Reading> reading_;
  bool is_taken_ = false;
};

/// Each adds its part to the extension module.
void bind_rows(nanobind::module_& module);
void bind_connection(nanobind::module_& module);
void bind_ingest(nanobind::module_& module);
void bind_key_editor(nanobind::module_& module);
void bind_landing(nanobind::module_& module);
void bind_pipeline(nanobind::module_& module);

}  // namespace inlet::python
