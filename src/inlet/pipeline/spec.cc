#include "inlet/pipeline/spec.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/pipeline/spec_internal.h"

namespace inlet::pipeline {
namespace {

// A name that SQL takes without quotes.
bool is_plain_identifier(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && !is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

std::string sql_name(std::string_view name) {
  if (is_plain_identifier(name)) return std::string(name);
  std::string text = "`";
  for (const char c : name) text.append(c == '`' ? 2 : 1, c);
  return text + "`";
}

// The parts that are there, in order, with `separator` between them.
std::string join(const std::array<std::string, 3>& parts, char separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text.push_back(separator);
    text.append(part);
  }
  return text;
}

std::string part_name(const std::string& name) {
  return name.empty() ? name : sql_name(name);
}

// The folder of one table must not lie in the folder of another.
bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

// Fails when the two objects cannot both be had in one warehouse.
Status check_pair(const TableObject& first, const TableObject& second) {
  const auto refused = [&](std::string_view why) {
    return fail(ErrorKind::Config,
                format("{}: {} (the other object is at {})", second.place, why, first.place));
  };
  const std::string one = first.destination_path();
  const std::string two = second.destination_path();
  if (is_below(two, one) || is_below(one, two)) {
    return refused(format("the tables {} and {} would lie in one another's folders",
                          first.display_name(), second.display_name()));
  }
  if (one != two) return {};
  const bool is_alike = first.primary_keys == second.primary_keys &&
                        first.scd_type == second.scd_type && first.changes == second.changes;
  if (!is_alike) {
    return refused(
        format("{} is filled by two objects, which need the same primary_keys, scd_type "
               "and rules for their changes",
               second.display_name()));
  }
  if (first.source_table == second.source_table && first.source_options == second.source_options) {
    return refused(format("the same object is given twice: {}", second.display_name()));
  }
  return {};
}

}  // namespace

std::string TableObject::destination_path() const {
  return join({destination_catalog, destination_schema, destination_table}, '/');
}

std::string TableObject::display_name() const {
  return join(
      {part_name(destination_catalog), part_name(destination_schema), part_name(destination_table)},
      '.');
}

Result<Spec> Spec::parse(const Document& document, std::string name) {
  Spec spec = TRY(read_spec(document, std::move(name)));
  for (auto second = spec.objects.begin(); second != spec.objects.end(); ++second) {
    for (auto first = spec.objects.begin(); first != second; ++first) {
      TRY(check_pair(*first, *second));
    }
  }
  return spec;
}

Result<Spec> Spec::load(const std::string& path) {
  const Document document = TRY(Document::load(path));
  return parse(document, std::filesystem::path(path).stem().string());
}

}  // namespace inlet::pipeline
