#include "inlet/connect/connector_docs.h"

#include "inlet/base/format.h"

namespace inlet {
namespace {

std::string_view type_word(OptionType type) {
  switch (type) {
    case OptionType::Text: return "string";
    case OptionType::Integer: return "integer";
    case OptionType::Boolean: return "boolean";
    case OptionType::Url: return "url";
    case OptionType::Duration: return "duration";
    case OptionType::Bytes: return "bytes";
    case OptionType::Choice: return "choice";
    case OptionType::TextList: return "list";
    case OptionType::Json: return "json";
    case OptionType::Secret: return "secret";
  }
  return "string";
}

// A pipe would end the table's cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '|') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string in_code(const std::string& text) {
  return text.empty() ? "" : format("`{}`", text);
}

std::string range_of(const OptionSpec& option) {
  if (option.type != OptionType::Integer) return "";
  if (option.minimum && option.maximum) {
    return format(" {} to {}.", *option.minimum, *option.maximum);
  }
  return option.minimum ? format(" At least {}.", *option.minimum) : "";
}

std::string option_rows(const std::vector<OptionSpec>& options) {
  std::string text = "| option | type | default | |\n| --- | --- | --- | --- |\n";
  for (const OptionSpec& option : options) {
    std::string note = option.help + range_of(option);
    for (const std::string& choice : option.choices) note += format(" `{}`", choice);
    if (!option.example.empty()) note += format(" Example: `{}`.", option.example);
    const std::string value =
        option.is_required ? "required" : in_code(option.default_value.value_or(""));
    text +=
        format("| `{}` | {} | {} | {} |\n", option.name, type_word(option.type), value, cell(note));
  }
  return text;
}

// Structs are told member by member where their own page has room: one level is enough to find
// one's way, the type tells the rest.
std::string column_rows(const Schema& schema) {
  std::string text = "| column | type | |\n| --- | --- | --- |\n";
  for (const Field& field : schema.fields) {
    const bool is_nested = field.type.kind == TypeKind::Struct || field.type.kind == TypeKind::List;
    std::string type = to_text(field.type);
    if (is_nested && type.size() > 60) {
      type = field.type.kind == TypeKind::Struct ? "struct" : "array<struct>";
    }
    text += format("| `{}` | {}{} | {} |\n", field.name, type,
                   field.is_nullable ? "" : ", never null", cell(field.comment));
  }
  return text;
}

std::string table_section(const TableSpec& table) {
  std::string text = format("\n## {}\n{}\n\n", table.name, table.help);
  text += format("Ingestion: `{}`", to_text(table.metadata.ingestion_type));
  std::string keys;
  for (const std::string& key : table.metadata.primary_keys) {
    keys += (keys.empty() ? "" : ", ") + in_code(key);
  }
  if (!keys.empty()) text += " · keys: " + keys;
  if (table.metadata.cursor_field) text += format(" · cursor: `{}`", *table.metadata.cursor_field);
  text += '\n';
  if (!table.options.empty()) text += "\n" + option_rows(table.options);
  if (!table.schema.fields.empty()) text += "\n" + column_rows(table.schema);
  return text;
}

}  // namespace

std::string connector_markdown(const ConnectorSpec& spec) {
  std::string text = format("# {}\n{}\n", spec.name, spec.help);
  if (!spec.docs.empty()) text += format("\nThe API's own documentation: {}\n", spec.docs);
  text += "\nWritten from `connector.yaml`; change that file, not this one.\n";
  if (!spec.connection.empty()) text += "\n## Connection\n" + option_rows(spec.connection);
  text += "\n## Tables\n| table | ingestion | |\n| --- | --- | --- |\n";
  for (const TableSpec& table : spec.tables) {
    text += format("| [{0}](#{0}) | {1} | {2} |\n", table.name,
                   to_text(table.metadata.ingestion_type), cell(table.help));
  }
  for (const TableSpec& table : spec.tables) text += table_section(table);
  return text;
}

}  // namespace inlet
