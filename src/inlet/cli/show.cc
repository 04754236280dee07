#include <algorithm>
#include <ostream>

#include "inlet/base/format.h"
#include "inlet/base/suggest.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/json_rows.h"
#include "inlet/cli/session.h"
#include "inlet/data/batch_json.h"
#include "inlet/delta/table.h"

namespace inlet::cli {
namespace {

// Ends a read early: enough rows were seen, or nobody reads any more.
Status enough() {
  return fail(ErrorKind::Cancelled, "enough rows");
}

Result<delta::Snapshot> open_table(const Options& options, const Session& session) {
  const std::string path = TRY(options.text("TABLE"));
  const std::string url = TRY(store::to_url(path));
  const auto engine = delta::make_engine(session.store_options(), 1);
  if (!options.has("--version")) return delta::Snapshot::open(engine, url);
  const long long version = TRY(options.integer("--version"));
  return delta::Snapshot::open_at(engine, url, version);
}

Status check_columns(const delta::Snapshot& table, const std::vector<std::string>& columns) {
  std::vector<std::string> known;
  for (const Field& field : table.schema().fields) known.push_back(field.name);
  for (const std::string& column : columns) {
    if (table.schema().index_of(column)) continue;
    return fail(ErrorKind::Config,
                format("the table has no column \"{}\"{}", column,
                       did_you_mean(column, std::span<const std::string>(known))));
  }
  return {};
}

// Hands over at most `limit` live rows as JSON; `visit` returns false to end it.
Status read_rows(const delta::Snapshot& table, const std::vector<std::string>& columns,
                 std::uint64_t limit, const std::function<bool(std::string)>& visit) {
  std::uint64_t num_left = limit;
  for (const delta::DataFile& file : TRY(table.files())) {
    const Status status =
        table.read(file, columns, [&](Batch batch, std::span<const std::uint64_t>) -> Status {
          for (std::size_t row = 0; row < batch.num_rows(); ++row) {
            if (num_left == 0 || !visit(row_to_json(batch, row))) return enough();
            --num_left;
          }
          return {};
        });
    if (!status && status.error().kind == ErrorKind::Cancelled) return {};
    if (!status) return status;
  }
  return {};
}

// Rows that the table's files hold alive, from the log alone.
Result<std::uint64_t> count_rows(const delta::Snapshot& table) {
  std::uint64_t num_rows = 0;
  for (const delta::DataFile& file : TRY(table.files())) num_rows += file.num_rows - file.num_dead;
  return num_rows;
}

Result<ExitCode> run(const Options& options, World& world) {
  const Session session = TRY(Session::open(options, world));
  const delta::Snapshot table = TRY(open_table(options, session));
  const auto columns = TRY(list_or_empty(options, "--column"));
  TRY(check_columns(table, columns));
  const auto limit = static_cast<std::uint64_t>(TRY(options.integer("--limit")));
  if (is_given(options, "--json")) {
    TRY(read_rows(table, columns, limit, [&](std::string row) {
      world.out << row << '\n';
      return world.out.good();
    }));
    world.out << std::flush;
    return ExitCode::Ok;
  }
  std::vector<std::string> rows;
  TRY(read_rows(table, columns, limit, [&](std::string row) {
    rows.push_back(std::move(row));
    return true;
  }));
  const std::uint64_t num_rows = TRY(count_rows(table));
  if (!rows.empty()) world.out << draw(table_of(rows), world.out_width);
  world.out << format("{} of {} rows, version {}\n", rows.size(), num_rows, table.version())
            << std::flush;
  return ExitCode::Ok;
}

}  // namespace

Command show_command() {
  return {
      .name = "show",
      .summary = "Print rows of a Delta table.",
      .examples = {"inlet show warehouse/issues -n 5 --column number --column title",
                   "inlet show s3://bucket/lake/issues --json -n 1000000 > issues.jsonl"},
      .arguments = with_common({table_url_argument(),
                                limit_argument("20", "Rows to show."),
                                {.spec = {.name = "--column",
                                          .type = OptionType::TextList,
                                          .help = "Only this column (may be given several times).",
                                          .example = "title"}},
                                {.spec = {.name = "--version",
                                          .type = OptionType::Integer,
                                          .help = "An older version of the table.",
                                          .minimum = 0}},
                                json_argument()},
                               {Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
