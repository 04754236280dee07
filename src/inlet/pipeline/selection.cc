#include "inlet/pipeline/selection.h"

#include <algorithm>
#include <span>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"

namespace inlet::pipeline {
namespace {

bool is_called(const TableObject& object, const std::string& name) {
  return name == object.display_name() || name == object.destination_table ||
         name == object.source_table;
}

}  // namespace

bool is_selected(const TableObject& object, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return is_called(object, name); });
}

Result<std::vector<const TableObject*>> select(const Spec& spec,
                                               const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const TableObject& object : spec.objects) known.push_back(object.display_name());
  for (const std::string& name : names) {
    const bool is_known =
        std::any_of(spec.objects.begin(), spec.objects.end(),
                    [&](const TableObject& object) { return is_called(object, name); });
    if (is_known) continue;
    return fail(ErrorKind::Config, format("the pipeline {} has no table \"{}\"{}", spec.name, name,
                                          did_you_mean(name, std::span<const std::string>(known))));
  }
  std::vector<const TableObject*> selected;
  for (const TableObject& object : spec.objects) {
    if (names.empty() || is_selected(object, names)) selected.push_back(&object);
  }
  return selected;
}

bool is_destination_shared(const Spec& spec, const TableObject& object) {
  return std::any_of(spec.objects.begin(), spec.objects.end(), [&](const TableObject& other) {
    return &other != &object && other.destination_path() == object.destination_path();
  });
}

}  // namespace inlet::pipeline
