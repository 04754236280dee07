#include "testkit/contract_suite.h"

#include <algorithm>
#include <set>

#include "inlet/base/format.h"
#include "inlet/base/try.h"
#include "testkit/recorded_read.h"

namespace inlet::testkit {
namespace {

constexpr const char* kUnknownTable = "no_such_table_of_this_source";
// Far more reads than a table of a test needs: beyond, reading does not end.
constexpr int kMaxReads = 1'000;
// A source may pass over windows or parents without rows, a read each, but not for ever.
constexpr int kMaxIdleReads = 20;

using Rows = std::multiset<std::string>;
using OptionMap = std::map<std::string, std::string>;

// All reads of one table, one after the other, until nothing new came.
struct Reading {
  std::vector<RecordedPage> pages;
  Offset end;

  Rows rows_from(std::size_t first_page) const {
    Rows rows;
    for (std::size_t page = first_page; page < pages.size(); ++page) {
      for (const RecordedRow& row : pages[page].rows) rows.insert(row.text);
    }
    return rows;
  }
};

std::string key_of(const std::string& row_text) {
  return row_text.substr(0, row_text.rfind('#'));
}

// The rows of `one` that `other` lacks: "3 (id=5, ...)"; empty when there are none.
std::string missing_text(const Rows& one, const Rows& other) {
  std::vector<std::string> missing;
  std::set_difference(one.begin(), one.end(), other.begin(), other.end(),
                      std::back_inserter(missing));
  if (missing.empty()) return "";
  return format("{} ({}{})", missing.size(), key_of(missing[0]), missing.size() > 1 ? ", ..." : "");
}

class ContractCheck {
 public:
  explicit ContractCheck(const ContractCase& contract) : contract_(contract) {}

  std::vector<std::string> run() {
    const Status status = check_all();
    if (!status) violations_.push_back(status.error().message);
    return std::move(violations_);
  }

 private:
  Status check_all() {
    TRY(check_names());
    TRY(check_unknown_table());
    TRY(check_schema());
    TRY(check_metadata());
    if (!violations_.empty()) return {};
    const Reading whole = TRY(read_all({}, {}, "the full read"));
    check_rows(whole);
    const Reading replay = TRY(read_all({}, {}, "the second full read"));
    compare(whole.rows_from(0), replay.rows_from(0), "reading again");
    TRY(check_resumes(whole, {}, "with the given options"));
    TRY(check_stop(whole));
    for (const std::uint64_t num_bytes : {100, 10'000}) TRY(check_partitions(whole, num_bytes));
    for (const OptionMap& variant : contract_.variants) TRY(check_variant(whole, variant));
    return {};
  }

  void expect(bool is_kept, std::string violation) {
    if (!is_kept) violations_.push_back(std::move(violation));
  }

  TableRequest request_with(const OptionMap& variant) const {
    TableRequest request = contract_.table;
    for (const auto& [name, value] : variant) request.options[name] = value;
    return request;
  }

  Status check_names() {
    const auto source = TRY(contract_.make());
    const std::vector<std::string> tables = TRY(source->list_tables());
    const std::set<std::string> unique(tables.begin(), tables.end());
    expect(!tables.empty(), "list_tables: no table");
    expect(unique.size() == tables.size(), "list_tables: a name comes twice");
    expect(!unique.contains(""), "list_tables: an empty name");
    expect(unique.contains(contract_.table.table),
           format("list_tables: {} is not among them", contract_.table.table));
    return {};
  }

  Status check_unknown_table() {
    const auto source = TRY(contract_.make());
    TableRequest request = contract_.table;
    request.table = kUnknownTable;
    expect_refusal(source->get_table_schema(request), "get_table_schema");
    expect_refusal(source->read_table_metadata(request), "read_table_metadata");
    const auto decoder = TRY(decode::make_decoder({.fields = {{"x", Type{}}}}, {}));
    RecordingSink sink(*decoder, {});
    expect_refusal(source->read_table({.table = request}, sink), "read_table");
    return {};
  }

  template <class T>
  void expect_refusal(const Result<T>& result, std::string_view method) {
    const bool is_refused = !result && (result.error().kind == ErrorKind::NotFound ||
                                        result.error().kind == ErrorKind::Config);
    expect(is_refused, format("{}: an unknown table is not refused as not found", method));
  }

  Status check_schema() {
    const auto source = TRY(contract_.make());
    schema_ = TRY(source->get_table_schema(contract_.table));
    expect(!schema_.fields.empty(), "get_table_schema: no column");
    const Status valid = validate(schema_);
    if (!valid) violations_.push_back("get_table_schema: " + valid.error().message);
    expect(TRY(source->get_table_schema(contract_.table)) == schema_,
           "get_table_schema: another schema when asked again");
    const auto other = TRY(contract_.make());
    expect(TRY(other->get_table_schema(contract_.table)) == schema_,
           "get_table_schema: another schema from another source object");
    return {};
  }

  Status check_metadata() {
    const auto source = TRY(contract_.make());
    metadata_ = TRY(source->read_table_metadata(contract_.table));
    for (const std::string& key : metadata_.primary_keys) {
      expect(schema_.find(key) != nullptr, format("key {} is not in the schema", key));
    }
    if (metadata_.cursor_field) {
      expect(schema_.find(*metadata_.cursor_field) != nullptr,
             format("cursor {} is not in the schema", *metadata_.cursor_field));
    }
    const bool is_cdc = metadata_.ingestion_type == IngestionType::Cdc ||
                        metadata_.ingestion_type == IngestionType::CdcWithDeletes;
    expect(!is_cdc || !metadata_.primary_keys.empty(), "a cdc table needs keys");
    return {};
  }

  bool is_snapshot() const { return metadata_.ingestion_type == IngestionType::Snapshot; }

  // Reads from `start` until a read brings nothing new.
  Result<Reading> read_all(const Offset& start, const OptionMap& variant, const std::string& what) {
    const auto source = TRY(contract_.make());
    Reading reading{.pages = {}, .end = start};
    std::set<std::string> seen;
    int num_idle_reads = 0;
    for (int number = 0; number < kMaxReads; ++number) {
      const auto decoder = TRY(make_decoder());
      RecordingSink sink(*decoder, metadata_.primary_keys);
      Result<Offset> end =
          source->read_table({.table = request_with(variant), .start = reading.end}, sink);
      if (!end) return std::unexpected(std::move(end).error().within(what));
      for (const std::string& bad : sink.bad_records()) {
        violations_.push_back(format("{}: a record does not decode: {}", what, bad));
      }
      check_move(reading.end, *end, sink, what);
      num_idle_reads = sink.num_rows() > 0 ? 0 : num_idle_reads + 1;
      if (num_idle_reads > kMaxIdleReads) break;
      const bool is_known = contract_.may_overlap && !has_news(sink, seen);
      const bool is_done = is_snapshot() || *end == reading.end || is_known;
      if (sink.num_rows() > 0) std::ranges::copy(sink.pages(), std::back_inserter(reading.pages));
      reading.end = *std::move(end);
      if (is_done) return reading;
    }
    return fail(ErrorKind::Bug, format("{}: the offset does not come to rest, now {}", what,
                                       reading.end.to_text()));
  }

  Result<std::unique_ptr<decode::Decoder>> make_decoder() const {
    return decode::make_decoder(schema_,
                                {.keys = metadata_.primary_keys, .has_rescued_column = true});
  }

  // True when the read brought a row that no earlier one did.
  static bool has_news(const RecordingSink& sink, std::set<std::string>& seen) {
    bool has_new_row = false;
    for (const RecordedPage& page : sink.pages()) {
      for (const RecordedRow& row : page.rows) has_new_row |= seen.insert(row.text).second;
    }
    return has_new_row;
  }

  void check_move(const Offset& start, const Offset& end, const RecordingSink& sink,
                  const std::string& what) {
    if (is_snapshot()) {
      expect(end.is_start(), what + ": a snapshot returns the empty offset");
      return;
    }
    const bool brought_rows = sink.num_rows() > 0;
    expect(!brought_rows || end != start || contract_.may_overlap,
           format("{}: {} rows came but the offset stayed {}", what, sink.num_rows(),
                  start.to_text()));
  }

  void check_rows(const Reading& whole) {
    std::set<std::string> keys;
    std::size_t num_rows = 0;
    for (const RecordedPage& page : whole.pages) {
      for (const RecordedRow& row : page.rows) {
        const bool is_new = keys.insert(row.key).second;
        expect(is_new || metadata_.primary_keys.empty() || contract_.may_overlap,
               format("the full read brings {} twice", row.key));
        ++num_rows;
      }
    }
    if (!metadata_.primary_keys.empty()) num_rows = keys.size();
    if (contract_.num_rows) {
      expect(num_rows == *contract_.num_rows,
             format("the full read brings {} rows, not {}", num_rows, *contract_.num_rows));
    }
  }

  // Resumes where pages end and expects exactly what followed.
  Status check_resumes(const Reading& reading, const OptionMap& variant, const std::string& how) {
    if (is_snapshot()) return {};
    const std::size_t step = reading.pages.size() / std::max<std::size_t>(contract_.max_resumes, 1);
    std::set<std::string> tried = {Offset().to_text()};
    for (std::size_t page = 0; page < reading.pages.size();
         page += std::max<std::size_t>(step, 1)) {
      const Offset& offset = reading.pages[page].offset;
      // A page in mid-air repeats the offset of the one before it: nothing new to resume from.
      if (page > 0 && reading.pages[page - 1].offset == offset) continue;
      if (!tried.insert(offset.to_text()).second) continue;
      const std::string what =
          format("resumed after page {} {}, offset {}", page + 1, how, offset.to_text());
      const Reading rest = TRY(read_all(offset, variant, what));
      compare(reading.rows_from(page + 1), rest.rows_from(0), what);
    }
    return {};
  }

  void compare(const Rows& expected, const Rows& got, const std::string& what) {
    const std::string lost = missing_text(expected, got);
    const std::string extra = missing_text(got, expected);
    expect(lost.empty(), format("{}: rows are lost: {}", what, lost));
    expect(extra.empty() || contract_.may_overlap,
           format("{}: rows come that should not: {}", what, extra));
  }

  Status check_variant(const Reading& whole, const OptionMap& variant) {
    std::string how = "with";
    for (const auto& [name, value] : variant) how += format(" {}={}", name, value);
    const Reading reading = TRY(read_all({}, variant, "read " + how));
    compare(whole.rows_from(0), reading.rows_from(0), "read " + how);
    return check_resumes(reading, variant, how);
  }

  Status check_stop(const Reading& whole) {
    const auto source = TRY(contract_.make());
    const auto decoder = TRY(make_decoder());
    RecordingSink sink(*decoder, metadata_.primary_keys, 0);
    const Result<Offset> end = source->read_table({.table = contract_.table}, sink);
    expect(whole.pages.empty() || (!end && end.error().kind == ErrorKind::Cancelled),
           "read_table: the sink's refusal is not passed on");
    return {};
  }

  // Each by a source of its own, and twice: another process may read a partition again.
  Status check_partitions(const Reading& whole, std::uint64_t partition_bytes) {
    const auto planner = TRY(contract_.make());
    const auto shares = TRY(planner->get_partitions({.table = contract_.table}, partition_bytes));
    if (!shares) return {};
    Rows rows;
    std::vector<Rows> parts;
    for (const Share& share : *shares) {
      const Rows& once = parts.emplace_back(TRY(read_partition(share.partition)));
      compare(once, TRY(read_partition(share.partition)), "a partition read again");
      rows.insert(once.begin(), once.end());
    }
    const std::string what = format("in partitions of {} bytes", partition_bytes);
    compare(whole.rows_from(0), rows, what);
    const Offset end = shares->empty() ? Offset() : shares->back().offset;
    expect(is_snapshot() || end == whole.end,
           format("{}: they end at {}, the read at {}", what, end.to_text(), whole.end.to_text()));
    return check_share_resumes(*shares, parts, partition_bytes);
  }

  // What follows a share is what a read gives from where it ends.
  Status check_share_resumes(const std::vector<Share>& shares, const std::vector<Rows>& parts,
                             std::uint64_t partition_bytes) {
    if (is_snapshot()) return {};
    const std::size_t step = shares.size() / std::max<std::size_t>(contract_.max_resumes, 1);
    for (std::size_t i = 0; i < shares.size(); i += std::max<std::size_t>(step, 1)) {
      const bool is_in_mid_air = shares[i].offset == (i > 0 ? shares[i - 1].offset : Offset());
      if (is_in_mid_air) continue;
      Rows rest;
      for (std::size_t j = i + 1; j < parts.size(); ++j) {
        rest.insert(parts[j].begin(), parts[j].end());
      }
      const std::string what = format("resumed after partition {} of {} bytes, offset {}", i + 1,
                                      partition_bytes, shares[i].offset.to_text());
      compare(rest, TRY(read_all(shares[i].offset, {}, what)).rows_from(0), what);
    }
    return {};
  }

  Result<Rows> read_partition(const Partition& partition) {
    const auto source = TRY(contract_.make());
    const auto decoder = TRY(make_decoder());
    RecordingSink sink(*decoder, metadata_.primary_keys);
    TRY(source->read_partition({.table = contract_.table, .partition = partition}, sink));
    return Reading{.pages = sink.pages(), .end = {}}.rows_from(0);
  }

  const ContractCase& contract_;
  std::vector<std::string> violations_;
  Schema schema_;
  TableMetadata metadata_;
};

}  // namespace

std::vector<std::string> check_contract(const ContractCase& contract) {
  return ContractCheck(contract).run();
}

}  // namespace inlet::testkit
