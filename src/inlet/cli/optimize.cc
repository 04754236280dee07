#include "inlet/upkeep/optimize.h"

#include <algorithm>
#include <ostream>
#include <ranges>
#include <span>
#include <thread>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "inlet/cli/arguments_internal.h"
#include "inlet/cli/commands_internal.h"
#include "inlet/cli/session.h"
#include "inlet/pipeline/readable.h"
#include "inlet/upkeep/row_order.h"
#include "inlet/upkeep/table_order.h"

namespace inlet::cli {
namespace {

// So far back the log is read, for the order of the rows and for what upkeep has cost.
constexpr std::size_t kMeasuredCommits = 10'000;
// Sorted rows leave room for the file that they are written to.
constexpr std::uint64_t kSortShare = 2;

Json to_json(const upkeep::Extent& extent) {
  return {{"files", extent.num_files},
          {"bytes", extent.num_bytes},
          {"rows", extent.num_rows - extent.num_dead},
          {"dead_rows", extent.num_dead}};
}

Json to_json(const upkeep::Optimized& done, const std::optional<double>& amplification) {
  return {{"table", done.table.url()},
          {"version", done.table.version()},
          {"before", to_json(done.before)},
          {"after", to_json(done.after)},
          {"commits", done.num_commits},
          {"files_removed", done.num_files_removed},
          {"files_added", done.num_files_added},
          {"bytes_written", done.bytes_written},
          {"bins_given_up", done.num_bins_given_up},
          {"lost_races", done.num_lost_races},
          {"write_amplification", amplification ? Json(*amplification) : Json()}};
}

std::string text_of(const upkeep::Extent& extent) {
  using pipeline::readable_bytes;
  using pipeline::readable_count;
  return format("{} files, {}, {} rows, {} dead", readable_count(extent.num_files),
                readable_bytes(extent.num_bytes), readable_count(extent.num_rows - extent.num_dead),
                readable_count(extent.num_dead));
}

void print(std::ostream& out, const upkeep::Optimized& done,
           const std::optional<double>& amplification) {
  out << "before  " << text_of(done.before) << "\nafter   " << text_of(done.after) << "\n";
  out << format("version {}: {} commits, {} files taken out, {} written ({})\n",
                done.table.version(), done.num_commits, done.num_files_removed,
                done.num_files_added, pipeline::readable_bytes(done.bytes_written));
  if (done.num_bins_given_up > 0) {
    out << format("{} groups of files were left to another writer that changed them\n",
                  done.num_bins_given_up);
  }
  if (amplification) {
    out << format("write amplification {:.2f} over the commits in the log\n", *amplification);
  }
}

// `--zorder a,b` and `--zorder a --zorder b` are the same.
Result<std::vector<std::string>> zorder(const Options& options) {
  std::vector<std::string> columns;
  for (const std::string& given : TRY(list_or_empty(options, "--zorder"))) {
    for (const auto part : std::views::split(given, ',')) {
      const std::string_view column(part.begin(), part.end());
      if (!column.empty()) columns.emplace_back(column);
    }
  }
  return columns;
}

struct Plan {
  upkeep::Policy policy;
  upkeep::Scope scope;
};

Result<Plan> plan(const Options& options, const delta::Snapshot& table,
                  std::span<const delta::HistoryEntry> history) {
  const bool is_full = is_given(options, "--full");
  Plan plan{.policy = {}, .scope = is_full ? upkeep::Scope::Full : upkeep::Scope::Due};
  const auto memory = static_cast<std::uint64_t>(TRY(options.integer("--max-memory")));
  plan.policy.sort_memory_bytes = memory / kSortShare;
  plan.policy.order_by = TRY(zorder(options));
  if (plan.policy.order_by.empty()) {
    plan.policy.order_by = upkeep::last_order(history, table.schema());
  } else {
    TRY(upkeep::check_order(table.schema(), plan.policy.order_by, table.partition_columns()));
    plan.scope = upkeep::Scope::Everything;
  }
  return plan;
}

// `history`, which was read for `before`, with the commits since put in front.
Result<std::vector<delta::HistoryEntry>> continued(std::vector<delta::HistoryEntry> history,
                                                   const delta::Snapshot& before,
                                                   const delta::Snapshot& now) {
  if (now.version() == before.version()) return history;
  const auto num_new = static_cast<std::size_t>(now.version() - before.version());
  std::vector<delta::HistoryEntry> all = TRY(delta::history(now, num_new));
  all.insert(all.end(), history.begin(), history.end());
  return all;
}

Result<ExitCode> run(const Options& options, World& world) {
  const Session session = TRY(Session::open(options, world));
  const std::string path = TRY(options.text("TABLE"));
  const std::string url = TRY(store::to_url(path));
  const auto engine = delta::make_engine(session.store_options(),
                                         std::max(1U, std::thread::hardware_concurrency()));
  const auto table = TRY(delta::Snapshot::open(engine, url));
  std::vector<delta::HistoryEntry> history = TRY(delta::history(table, kMeasuredCommits));
  const auto [policy, scope] = TRY(plan(options, table, history));
  const upkeep::Optimized done = TRY(upkeep::optimize(world.clock, table, policy, scope));
  history = TRY(continued(std::move(history), table, done.table));
  const auto amplification = upkeep::write_amplification(history);
  if (is_given(options, "--json")) {
    world.out << to_text(to_json(done, amplification)) << "\n" << std::flush;
  } else {
    print(world.out, done, amplification);
    world.out << std::flush;
  }
  return ExitCode::Ok;
}

}  // namespace

Command optimize_command() {
  return {
      .name = "optimize",
      .summary = "Merge the small files of a Delta table and take dead rows out of the others.",
      .details =
          "Rewrites what pays for itself: small files where eight of about one size have come "
          "together, and files with more than a quarter of their rows dead. No row changes. Other "
          "writers may go on meanwhile; what they change is left to them. The files that were "
          "replaced stay for readers of older versions until inlet vacuum. With --zorder the whole "
          "table is written again, sorted, so that queries on these columns read few files; later "
          "rewrites sort what they touch by the same.",
      .examples = {"inlet optimize warehouse/issues",
                   "inlet optimize s3://bucket/lake/issues --full",
                   "inlet optimize warehouse/issues --zorder repo,created_at"},
      .arguments = with_common(
          {table_url_argument(),
           {.spec = {.name = "--full",
                     .type = OptionType::Boolean,
                     .help = "Every small file and every file with a dead row, whether or not it "
                             "pays yet."}},
           {.spec = {.name = "--zorder",
                     .type = OptionType::TextList,
                     .help = "Sort all rows by this column, or along a Z-curve through several.",
                     .example = "repo,created_at"}},
           {.spec = {.name = "--max-memory",
                     .type = OptionType::Bytes,
                     .default_value = "512MiB",
                     .help = "Memory for sorting; more rows are sorted in pieces below TMPDIR.",
                     .minimum = 64LL << 20}},
           json_argument()},
          {Opens::Store}),
      .run = run};
}

}  // namespace inlet::cli
