#include "inlet/pipeline/spec_check.h"

#include <algorithm>
#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"

namespace inlet::pipeline {
namespace {

// Option names are compared without regard to case.
bool is_same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::string place_of(const TableObject& object, const std::string& option) {
  const auto place = object.option_places.find(option);
  return place == object.option_places.end() ? object.place : place->second;
}

Error unknown_option(const std::string& name, const TableObject& object,
                     const std::vector<OptionSpec>& specs) {
  std::vector<std::string> known;
  for (const OptionSpec& spec : specs) known.push_back(spec.name);
  for (const OptionSpec& spec : table_configuration_options()) known.push_back(spec.name);
  return {ErrorKind::Config,
          format("{}: no option \"{}\" for table {}{}", place_of(object, name), name,
                 object.source_table, did_you_mean(name, std::span<const std::string>(known)))};
}

// Checks one option by itself, so that the error can stand at its place.
Status check_option(const std::string& name, const std::string& text, const OptionSpec& spec,
                    const TableObject& object) {
  const auto checked =
      Options::make(std::span(&spec, 1), {{name, text}}, format("table {}", object.source_table));
  if (checked) return {};
  Error error = checked.error();
  return std::unexpected(std::move(error).within(place_of(object, name)));
}

}  // namespace

Result<Options> check_source_options(const TableObject& object, const Connector& connector) {
  const auto with_place = [&](Error error) {
    return std::unexpected(std::move(error).within(object.place));
  };
  auto specs = connector.table_options(object.source_table);
  if (!specs) return with_place(std::move(specs).error());
  for (const auto& [name, text] : object.source_options) {
    const auto is_named = [&](const OptionSpec& spec) { return is_same_name(spec.name, name); };
    const auto spec = std::find_if(specs->begin(), specs->end(), is_named);
    if (spec == specs->end()) return std::unexpected(unknown_option(name, object, *specs));
    TRY(check_option(name, text, *spec, object));
  }
  auto options =
      Options::make(*specs, object.source_options, format("table {}", object.source_table));
  if (!options) return with_place(std::move(options).error());
  return options;
}

}  // namespace inlet::pipeline
