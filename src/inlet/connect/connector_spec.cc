#include "inlet/connect/connector_spec.h"

#include <algorithm>
#include <utility>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/connect/column_reader.h"
#include "inlet/connect/option_reader.h"

namespace inlet {
namespace {

// The entry for tables that the source discovers: it stands for every name without one of its own.
constexpr std::string_view kAnyTable = "*";

Shape table_shape(const SpecExtension& extension) {
  std::vector<Member> members = {
      {"help", "One sentence about the table.", Shape::text()},
      {"ingestion", "How rows change: snapshot, cdc, cdc_with_deletes or append.",
       Shape::choice({"snapshot", "cdc", "cdc_with_deletes", "append"}), Presence::Required},
      {"keys", "The columns that name a row; dotted paths reach into structs.",
       Shape::list(Shape::text())},
      {"cursor", "The column by which later changes are found.",
       Shape::any_of({Shape::text(), Shape::any()})},
      {"options", "Options of this table: name: type sentence.", Shape::map(option_shape())},
      {"columns", "The columns: name: type sentence; nested for structs, [..] for lists.",
       Shape::columns()},
  };
  members.insert(members.end(), extension.table.begin(), extension.table.end());
  return Shape::with(std::move(members));
}

// A member that an extension declares again, with a sharper shape, replaces the first one.
void keep_last_of_each_name(std::vector<Member>& members) {
  for (auto member = members.begin(); member != members.end();) {
    const bool comes_again = std::any_of(
        member + 1, members.end(), [&](const Member& later) { return later.name == member->name; });
    member = comes_again ? members.erase(member) : member + 1;
  }
}

std::string text_of(const Document* node) {
  return node == nullptr ? std::string() : node->text();
}

// `cursor: updated_at` or `cursor: {field: updated_at, ...}`.
const Document* cursor_field(const Document& table) {
  const Document* cursor = table.find("cursor");
  if (cursor == nullptr || cursor->is_scalar()) return cursor;
  return cursor->find("field");
}

Status check_column(const Schema& schema, const Document& place, std::string_view role) {
  if (schema.fields.empty() || schema.find(place.text()) != nullptr) return {};
  std::vector<std::string_view> known;
  for (const Field& field : schema.fields) known.push_back(field.name);
  return std::unexpected(
      place.error(format("{} \"{}\" is no column{}", role, place.text(),
                         did_you_mean(place.text(), std::span<const std::string_view>(known)))));
}

Status check_metadata(const TableSpec& table, const Document& node) {
  using enum IngestionType;
  const IngestionType type = table.metadata.ingestion_type;
  if (type != Append && table.metadata.primary_keys.empty()) {
    return std::unexpected(node.key_error(
        format("table {} needs keys: its ingestion is {}", table.name, to_text(type))));
  }
  if ((type == Cdc || type == CdcWithDeletes) && !table.metadata.cursor_field) {
    return std::unexpected(node.key_error(
        format("table {} needs a cursor: its ingestion is {}", table.name, to_text(type))));
  }
  return {};
}

Result<TableSpec> read_table(const std::string& name, const Document& node,
                             const std::vector<OptionSpec>& shared) {
  TableSpec table{.name = name, .help = text_of(node.find("help"))};
  table.node = node;
  table.options = shared;
  if (const Document* options = node.find("options")) {
    for (OptionSpec& option : TRY(read_options(*options))) {
      std::erase_if(table.options, [&](const OptionSpec& o) { return o.name == option.name; });
      table.options.push_back(std::move(option));
    }
  }
  if (const Document* columns = node.find("columns")) table.schema = TRY(read_columns(*columns));
  table.metadata.ingestion_type = TRY(parse_ingestion_type(text_of(node.find("ingestion"))));
  if (const Document* keys = node.find("keys")) {
    for (const Document& key : keys->items()) {
      TRY(check_column(table.schema, key, "key"));
      table.metadata.primary_keys.push_back(key.text());
    }
  }
  if (const Document* field = cursor_field(node)) {
    TRY(check_column(table.schema, *field, "cursor"));
    table.metadata.cursor_field = field->text();
  }
  TRY(check_metadata(table, node));
  return table;
}

}  // namespace

Shape connector_shape(const SpecExtension& extension) {
  Shape table = table_shape(extension);
  keep_last_of_each_name(table.members);
  std::vector<Member> members = {
      {"name", "The connector's name: lower-case, as in its folder.", Shape::text(),
       Presence::Required},
      {"help", "One sentence about the source.", Shape::text()},
      {"docs", "Where the source's own documentation is.", Shape::text()},
      {"connection", "What a connection asks for: name: {type, required, default, help}.",
       Shape::map(option_shape())},
      {"options", "Options that tables have in common.", Shape::map(option_shape())},
      {"tables", "The tables by name.", Shape::map(std::move(table)), Presence::Required},
  };
  members.insert(members.end(), extension.connector.begin(), extension.connector.end());
  keep_last_of_each_name(members);
  return Shape::with(std::move(members));
}

Result<ConnectorSpec> ConnectorSpec::parse(std::string_view text, std::string_view file,
                                           const SpecExtension& extension) {
  ConnectorSpec spec;
  spec.document = TRY(Document::parse(text, std::string(file)));
  TRY(check_shape(spec.document, connector_shape(extension)));
  spec.name = text_of(spec.document.find("name"));
  spec.help = text_of(spec.document.find("help"));
  spec.docs = text_of(spec.document.find("docs"));
  if (const Document* connection = spec.document.find("connection")) {
    spec.connection = TRY(read_options(*connection));
  }
  if (const Document* options = spec.document.find("options")) {
    spec.options = TRY(read_options(*options));
  }
  for (const auto& [name, node] : spec.document.find("tables")->members()) {
    spec.tables.push_back(TRY(read_table(name, node, spec.options)));
  }
  return spec;
}

Result<const TableSpec*> ConnectorSpec::find_table(std::string_view table) const {
  const auto is_named = [&](const TableSpec& spec) { return spec.name == table; };
  const auto found = std::find_if(tables.begin(), tables.end(), is_named);
  if (found != tables.end()) return &*found;
  for (const TableSpec& any : tables) {
    if (any.name == kAnyTable) return &any;
  }
  const std::vector<std::string> known = table_names();
  return fail(ErrorKind::NotFound,
              format("{} has no table \"{}\"{}", name, table,
                     did_you_mean(table, std::span<const std::string>(known))));
}

std::vector<std::string> ConnectorSpec::table_names() const {
  std::vector<std::string> names;
  for (const TableSpec& table : tables) {
    if (table.name != kAnyTable) names.push_back(table.name);
  }
  return names;
}

Result<std::vector<OptionSpec>> connection_options(std::string_view text, std::string_view file) {
  ConnectorSpec spec = TRY(ConnectorSpec::parse(text, file));
  return std::move(spec.connection);
}

Result<std::vector<OptionSpec>> table_options(std::string_view text, std::string_view file,
                                              std::string_view table) {
  const ConnectorSpec spec = TRY(ConnectorSpec::parse(text, file));
  const TableSpec* found = TRY(spec.find_table(table));
  return found->options;
}

}  // namespace inlet
