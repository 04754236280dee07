#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/option_text.h"
#include "inlet/cli/session.h"
#include "inlet/cli/text_table.h"
#include "inlet/data/spark_schema.h"

namespace inlet::cli {
namespace {

struct Description {
  Schema schema;
  TableMetadata metadata;
  std::vector<OptionSpec> options;
};

// The table's options: those of the pipeline's object for it, and those on the command line.
Result<TableRequest> table_request(const Options& options, const NamedSource& named) {
  TableRequest request{.table = TRY(options.text("TABLE"))};
  if (named.spec) {
    for (const pipeline::TableObject& object : named.spec->objects) {
      const bool is_it =
          object.display_name() == request.table || object.source_table == request.table;
      if (!is_it) continue;
      request = {.table = object.source_table, .options = object.source_options};
      break;
    }
  }
  for (const std::string& pair : TRY(list_or_empty(options, "--option"))) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) {
      return fail(ErrorKind::Config, format("--option takes name=value, got \"{}\"", pair));
    }
    request.options.insert_or_assign(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return request;
}

Json to_json(const TableRequest& request, const Description& table) {
  Json cursor;
  if (table.metadata.cursor_field) cursor = *table.metadata.cursor_field;
  return {{"table", request.table},
          {"ingestion_type", to_text(table.metadata.ingestion_type)},
          {"primary_keys", table.metadata.primary_keys},
          {"cursor_field", cursor},
          {"schema", to_spark_json(table.schema)}};
}

std::string keys_text(const TableMetadata& metadata) {
  std::string text;
  for (const std::string& key : metadata.primary_keys)
    text.append(text.empty() ? "" : ", ").append(key);
  return text.empty() ? "none" : text;
}

void print(const TableRequest& request, const Description& table, World& world) {
  world.out << format("{}\n  ingestion type  {}\n  primary keys    {}\n  cursor          {}\n\n",
                      request.table, to_text(table.metadata.ingestion_type),
                      keys_text(table.metadata), table.metadata.cursor_field.value_or("none"));
  TextTable columns{.headings = {"column", "type", "null", "meaning"}};
  for (const Field& field : table.schema.fields) {
    columns.rows.push_back(
        {field.name, to_text(field.type), field.is_nullable ? "" : "never", field.comment});
  }
  world.out << draw(columns, world.out_width);
  if (table.options.empty()) return;
  TextTable options{.headings = {"option", "type", "default", "meaning"}};
  for (const OptionSpec& spec : table.options) {
    options.rows.push_back({spec.name, type_text(spec), default_text(spec), spec.help});
  }
  world.out << "\n" << draw(options, world.out_width);
}

Result<ExitCode> run(const Options& options, World& world) {
  const NamedSource named = TRY(named_source(options));
  const TableRequest request = TRY(table_request(options, named));
  const Session session = TRY(Session::open(options, world));
  auto opened =
      TRY(pipeline::OpenSource::open(named.connection, session.context(), session.store_options()));
  Description table;
  table.options = TRY(opened.connector().table_options(request.table));
  table.metadata = TRY(opened.source().read_table_metadata(request));
  table.schema = TRY(opened.source().get_table_schema(request));
  if (is_given(options, "--json")) {
    world.out << to_text(to_json(request, table)) << std::endl;
    return ExitCode::Ok;
  }
  print(request, table, world);
  world.out << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command describe_command() {
  return {
      .name = "describe",
      .summary = "Show columns, keys, cursor and options of one table of a source.",
      .examples = {"inlet describe my_github issues", "inlet describe github.yaml issues --json"},
      .arguments = with_common(
          {source_argument(),
           {.spec = {.name = "TABLE", .is_required = true, .help = "The table's name."}},
           {.spec = {.name = "--option",
                     .type = OptionType::TextList,
                     .help = "name=value for the table (may be given several times).",
                     .example = "owner=octo-org"}},
           json_argument()},
          {Opens::Source, Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
