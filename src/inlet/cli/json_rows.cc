#include "inlet/cli/json_rows.h"

#include "inlet/base/json.h"

namespace inlet::cli {
namespace {

// Length of the string that begins at `json`, quotes included.
std::size_t string_length(std::string_view json) {
  std::size_t i = 1;
  while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
  return std::min(i + 1, json.size());
}

// Length of the value that begins at `json`: it ends before a comma or the end of what is around
// it.
std::size_t value_length(std::string_view json) {
  int depth = 0;
  std::size_t i = 0;
  while (i < json.size()) {
    const char c = json[i];
    if (c == '"') {
      i += string_length(json.substr(i));
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++i;
  }
  return i;
}

std::string unquoted(std::string_view json) {
  const auto text = parse_json(json);
  return text && text->is_string() ? text->get<std::string>() : std::string(json);
}

std::string cell_of(const std::string& value) {
  if (value == "null") return "";
  return value.starts_with('"') ? unquoted(value) : value;
}

bool is_number(std::string_view value) {
  return !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> members_of(std::string_view json) {
  std::vector<std::pair<std::string, std::string>> members;
  json.remove_prefix(std::min<std::size_t>(1, json.size()));
  while (json.size() > 1) {
    const std::size_t name_length = string_length(json);
    std::string name = unquoted(json.substr(0, name_length));
    json.remove_prefix(std::min(name_length + 1, json.size()));
    const std::size_t length = value_length(json);
    members.emplace_back(std::move(name), json.substr(0, length));
    json.remove_prefix(std::min(length + 1, json.size()));
  }
  return members;
}

TextTable table_of(const std::vector<std::string>& json_rows) {
  TextTable table;
  for (const std::string& json : json_rows) {
    std::vector<std::string> cells;
    const auto members = members_of(json);
    if (table.headings.empty()) {
      for (const auto& member : members) table.headings.push_back(member.first);
      table.is_number.resize(members.size(), false);
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (is_number(members[i].second)) table.is_number[i] = true;
      cells.push_back(cell_of(members[i].second));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace inlet::cli
