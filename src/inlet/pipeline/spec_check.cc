#include "inlet/pipeline/spec_check.h"

#include <algorithm>
#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/run.h"

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

// The keys and the order that the spec gives must be columns of the table.
Status check_columns(const TableObject& object, const Schema& schema) {
  std::vector<std::string> known;
  for (const Field& field : schema.fields) known.push_back(field.name);
  for (const auto* names : {&object.primary_keys, &object.sequence_by}) {
    for (const std::string& name : *names) {
      if (schema.find(name) != nullptr) continue;
      return fail(ErrorKind::Config,
                  format("{}: table {} has no column \"{}\"{}", object.place, object.source_table,
                         name, did_you_mean(name, std::span<const std::string>(known))));
    }
  }
  return {};
}

}  // namespace

Result<Options> check_source_options(const TableObject& object, const Connector& connector) {
  const auto with_place = [&](Error error) {
    return std::unexpected(std::move(error).within(object.place));
  };
  auto declared = connector.table_options(object.source_table);
  if (!declared) return with_place(std::move(declared).error());
  const std::vector<OptionSpec> specs = settle_names(*declared, object.source_options);
  for (const auto& [name, text] : object.source_options) {
    const auto is_named = [&](const OptionSpec& spec) { return is_same_name(spec.name, name); };
    const auto spec = std::find_if(specs.begin(), specs.end(), is_named);
    if (spec == specs.end()) return std::unexpected(unknown_option(name, object, specs));
    TRY(check_option(name, text, *spec, object));
  }
  auto options =
      Options::make(specs, object.source_options, format("table {}", object.source_table));
  if (!options) return with_place(std::move(options).error());
  return options;
}

Status check_object(const TableObject& object, OpenSource& opened) {
  TRY(check_source_options(object, opened.connector()));
  const TableRequest request{.table = object.source_table, .options = object.source_options};
  const Schema schema = TRY(opened.source().get_table_schema(request));
  TRY(opened.source().read_table_metadata(request));
  return check_columns(object, schema);
}

}  // namespace inlet::pipeline
