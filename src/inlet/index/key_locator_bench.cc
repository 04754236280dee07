// Upserts of 10,000 random rows into a table of ROWS rows, located by the index and, as its peer,
// by probing; their answers are compared. The table is made below FOLDER when it is not there.
//   key_locator_bench FOLDER ROWS id|uuid [MEBIBYTES FOR SORTING]

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>
#include <string>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "inlet/data/column_builder.h"
#include "inlet/data/row_key.h"
#include "inlet/delta/file_writer.h"
#include "inlet/index/key_locator.h"

namespace inlet::index {
namespace {

constexpr std::size_t kUpsertRows = 10'000;
constexpr std::int64_t kBatchRows = 50'000;
constexpr std::int64_t kFileRows = 1'000'000;
constexpr int kNumUpserts = 25;
constexpr int kUpsertsPerProbe = 8;
constexpr unsigned kNumThreads = 2;

struct Cost {
  double milliseconds = 0;
  double cpu_milliseconds = 0;  ///< of all threads: what other programs do has little part in it
  long num_faults = 0;
};

/// What was spent since it was made.
class Meter {
 public:
  Cost cost() const {
    const std::chrono::duration<double, std::milli> passed =
        std::chrono::steady_clock::now() - begin_;
    const Usage now;
    return {.milliseconds = passed.count(),
            .cpu_milliseconds = now.cpu_milliseconds - before_.cpu_milliseconds,
            .num_faults = now.num_faults - before_.num_faults};
  }

 private:
  struct Usage {
    Usage() {
      rusage usage = {};
      ::getrusage(RUSAGE_SELF, &usage);
      for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
        cpu_milliseconds +=
            static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
      }
      num_faults = usage.ru_minflt + usage.ru_majflt;
    }
    double cpu_milliseconds = 0;
    long num_faults = 0;
  };

  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  Usage before_;
};

// "RssAnon:     1234 kB": what the process holds itself, or with RssFile of files that it maps.
long mebibytes_of(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1)) / 1024;
  }
  return 0;
}

double median(const std::vector<Cost>& costs, double Cost::* part) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*part);
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

void report(const char* what, const std::vector<Cost>& indexed, const std::vector<Cost>& probed,
            double Cost::* part) {
  const double index = median(indexed, part);
  const double probe = median(probed, part);
  std::printf("%s: index %.1f ms, probe %.1f ms, %.0f times as much\n", what, index, probe,
              probe / index);
}

std::shared_ptr<const Schema> schema() {
  static const auto kSchema = std::make_shared<const Schema>(Schema{{{"id", {TypeKind::Long}},
                                                                     {"seq", {TypeKind::Long}},
                                                                     {"uuid", {TypeKind::String}},
                                                                     {"ratio", {TypeKind::Double}},
                                                                     {"count", {TypeKind::Long}}}});
  return kSchema;
}

void append(BatchBuilder& builder, std::int64_t id, std::int64_t sequence) {
  const std::uint64_t high = static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15U;
  const std::uint64_t low = (high ^ high >> 29) * 0xBF58476D1CE4E5B9U;
  builder.column(0).append_int64(id);
  builder.column(1).append_int64(sequence);
  builder.column(2).append_bytes(format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32,
                                        high >> 16 & 0xFFFF, high & 0xFFFF, low >> 48,
                                        low & 0xFFFF'FFFF'FFFF));
  builder.column(3).append_float64(static_cast<double>(high >> 11) / 1e6);
  builder.column(4).append_int64(static_cast<std::int64_t>(low >> 40));
}

Result<delta::Snapshot> make_table(const std::string& url, std::int64_t num_rows) {
  const auto engine = delta::make_engine({}, kNumThreads);
  auto opened = delta::Snapshot::open(engine, url);
  if (opened) return opened;
  const delta::Snapshot table = TRY(delta::Snapshot::create(engine, url, *schema(), {}));
  delta::Edit edit;
  for (std::int64_t id = 0; id < num_rows;) {
    auto writer = TRY(delta::FileWriter::open(table, *schema()));
    const std::int64_t end = std::min(num_rows, id + kFileRows);
    while (id < end) {
      BatchBuilder builder(schema());
      for (std::int64_t i = 0; i < kBatchRows && id < end; ++i) append(builder, id++, 0);
      TRY(writer.write(builder.finish()));
    }
    edit.add.push_back(TRY(writer.finish()));
  }
  return delta::commit(table, edit);
}

struct Upsert {
  Batch rows;
  std::vector<std::string> keys;
  std::vector<std::string> sequences;
};

Result<Upsert> make_upsert(std::mt19937_64& random, const std::string& column,
                           std::int64_t num_rows, std::int64_t sequence) {
  std::set<std::int64_t> ids;
  while (ids.size() < kUpsertRows) {
    ids.insert(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(num_rows)));
  }
  BatchBuilder builder(schema());
  for (const std::int64_t id : ids) append(builder, id, sequence);
  Upsert upsert{.rows = builder.finish(), .keys = {}, .sequences = {}};
  const RowKey key = TRY(RowKey::make(upsert.rows, {column}));
  const RowKey order = TRY(RowKey::make(upsert.rows, {"seq"}));
  for (std::size_t row = 0; row < upsert.rows.num_rows(); ++row) {
    key.append_to(upsert.keys.emplace_back(), row);
    order.append_to(upsert.sequences.emplace_back(), row);
  }
  return upsert;
}

Result<delta::Snapshot> commit(const delta::Snapshot& base,
                               const std::vector<delta::DataFile>& files, Upsert& upsert,
                               const std::vector<Located>& located, KeyLocator& index) {
  delta::Edit edit{.operation = delta::Operation::Merge};
  for (const Located& row : located) {
    if (edit.delete_rows.empty() || edit.delete_rows.back().first != files[row.file].path) {
      edit.delete_rows.push_back({files[row.file].path, {}});
    }
    edit.delete_rows.back().second.push_back(row.position);
  }
  auto writer = TRY(delta::FileWriter::open(base, *schema()));
  TRY(writer.write(std::move(upsert.rows)));
  edit.add.push_back(TRY(writer.finish()));
  delta::Snapshot now = TRY(delta::commit(base, edit));
  const WrittenKeys written{.path = edit.add.front().path,
                            .keys = {upsert.keys.begin(), upsert.keys.end()},
                            .sequences = {upsert.sequences.begin(), upsert.sequences.end()}};
  TRY(index.note_commit(now, {&written, 1}));
  return now;
}

bool is_same(const std::vector<Located>& left, const std::vector<Located>& right) {
  return std::ranges::equal(left, right, [](const Located& a, const Located& b) {
    return a.key == b.key && a.file == b.file && a.position == b.position &&
           a.sequence == b.sequence;
  });
}

struct Arguments {
  std::string folder;
  std::int64_t num_rows = 0;
  std::string column;
  std::uint64_t sort_mebibytes = 256;
};

Status run(const Arguments& arguments) {
  const std::string& column = arguments.column;
  delta::Snapshot table = TRY(make_table(arguments.folder + "/table", arguments.num_rows));
  const auto probe = make_probe({column}, {"seq"}, kNumThreads);
  const auto index = make_indexed({.folder = arguments.folder + "/index",
                                   .max_memory_bytes = arguments.sort_mebibytes << 20,
                                   .num_threads = kNumThreads,
                                   .use = IndexUse::Always},
                                  {column}, {"seq"});
  std::mt19937_64 random(static_cast<std::uint64_t>(table.version()));
  std::vector<Cost> indexed;
  std::vector<Cost> probed;
  for (int number = 0; number < kNumUpserts; ++number) {
    Upsert upsert = TRY(make_upsert(random, column, arguments.num_rows, table.version()));
    const std::vector<std::string_view> keys(upsert.keys.begin(), upsert.keys.end());
    const std::vector<delta::DataFile> files = TRY(table.files());
    const Meter locating;
    const std::vector<Located> located = TRY(index->locate(table, files, keys));
    const Cost cost = locating.cost();
    std::printf("%2d: %.1f ms, %.1f of CPU, %ld page faults; %ld MiB held, %ld MiB mapped\n",
                number, cost.milliseconds, cost.cpu_milliseconds, cost.num_faults,
                mebibytes_of("RssAnon"), mebibytes_of("RssFile"));
    // The first one builds the index.
    if (number > 0) indexed.push_back(cost);
    if (number % kUpsertsPerProbe == 0) {
      const Meter probing;
      const std::vector<Located> expected = TRY(probe->locate(table, files, keys));
      probed.push_back(probing.cost());
      if (!is_same(located, expected)) return fail(ErrorKind::Bug, "the answers differ");
    }
    table = TRY(commit(table, files, upsert, located, *index));
  }
  report("time", indexed, probed, &Cost::milliseconds);
  report("CPU", indexed, probed, &Cost::cpu_milliseconds);
  return {};
}

}  // namespace
}  // namespace inlet::index

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "key_locator_bench FOLDER ROWS id|uuid [MEBIBYTES FOR SORTING]\n");
    return 2;
  }
  inlet::index::Arguments arguments{
      .folder = argv[1], .num_rows = std::stoll(argv[2]), .column = argv[3]};
  if (argc > 4) arguments.sort_mebibytes = std::stoull(argv[4]);
  const auto done = inlet::index::run(arguments);
  if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
