#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/source_page_internal.h"
#include "inlet/net/http.h"
#include "inlet/store/store.h"

namespace inlet::cli {
namespace {

// What connectors call their entry for tables that they find out.
constexpr std::string_view kAnyTable = "*";

// A value that any option of this type takes. Never the example: it may name a real place, which a
// source that finds out its tables would then be asked at.
std::string placeholder(const OptionSpec& spec) {
  switch (spec.type) {
    case OptionType::Url: return "https://example.com";
    case OptionType::Integer:
    case OptionType::Bytes: return format("{}", spec.minimum.value_or(1));
    case OptionType::Boolean: return "true";
    case OptionType::Duration: return "1m";
    case OptionType::Choice: return spec.choices.empty() ? "" : spec.choices.front();
    case OptionType::Json: return "{}";
    default: return "x";
  }
}

std::map<std::string, std::string> placeholders(const std::vector<OptionSpec>& specs) {
  std::map<std::string, std::string> values;
  for (const OptionSpec& spec : specs) {
    if (spec.is_required) values[spec.name] = placeholder(spec);
  }
  return values;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += format("{}`{}`", text.empty() ? "" : ", ", name);
  return text.empty() ? "none" : text;
}

// A comment in a table's cell.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
    if (c == '|') c = '/';
  }
  return text;
}

// For a connector whose tables only a live system knows.
std::string discovered_section(const Connector& connector) {
  std::string text = "\n## Tables\n\nThey are found in the source.\n";
  const auto options = connector.table_options(kAnyTable);
  if (options && !options->empty()) text += "\n" + option_rows(*options);
  return text;
}

Result<std::string> table_section(Source& source, const std::string& table,
                                  const std::vector<OptionSpec>& options) {
  const TableRequest request{.table = table, .options = placeholders(options)};
  const TableMetadata metadata = TRY(source.read_table_metadata(request));
  std::string text = format("\n### {}\n\nIngestion type `{}`; primary keys {}; cursor {}.\n", table,
                            to_text(metadata.ingestion_type), joined(metadata.primary_keys),
                            metadata.cursor_field ? "`" + *metadata.cursor_field + "`" : "none");
  if (!options.empty()) text += "\n" + option_rows(options);
  const auto schema = source.get_table_schema(request);
  if (!schema) return text + "\nThe columns are inferred from the source.\n";
  text += "\n| Column | Type | Meaning |\n| --- | --- | --- |\n";
  for (const Field& field : schema->fields) {
    text += format("| `{}` | `{}`{} | {} |\n", field.name, to_text(field.type),
                   field.is_nullable ? "" : ", never null", one_line(field.comment));
  }
  return text;
}

}  // namespace

Result<std::string> table_sections(const Connector& connector,
                                   const std::vector<OptionSpec>& connection, const World& world) {
  const Options parameters = TRY(
      Options::make(connection, placeholders(connection), format("connector {}", connector.name)));
  const auto http = net::make_http_client({});
  const auto store = store::make_store({});
  const auto source = TRY(connector.make(
      parameters, {.clock = world.clock, .http = *http, .store = *store, .log = Log()}));
  const auto tables = source->list_tables();
  if (!tables) return discovered_section(connector);
  std::string text = "\n## Tables\n";
  for (const std::string& table : *tables) {
    const std::vector<OptionSpec> options = TRY(connector.table_options(table));
    text += TRY(table_section(*source, table, options));
  }
  return text;
}

}  // namespace inlet::cli
