#include "inlet/rest/table_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "inlet/base/format.h"
#include "inlet/decode/record_scan.h"
#include "inlet/rest/declarative.h"
#include "inlet/rest/scripted_http_test.h"

namespace inlet::rest {
namespace {

constexpr const char* kSpec = R"(
name: demo
connection:
  token: secret
  base_url: {type: url, default: "https://api.example.com"}
http:
  url: ${base_url}
  auth: {bearer: "${token}"}
  paginate: {link: next, page_size: {param: per_page, default: 2}}
options:
  owner: string!
tables:
  issues:
    ingestion: cdc
    keys: [id]
    get: /${owner}/issues
    params: {since: "${cursor.from}"}
    cursor: {field: updated_at, order: ascending, lookback: 300s, margin: 1s}
    columns: {id: bigint!, updated_at: timestamp!, text: string}
  newest:
    ingestion: cdc
    keys: [id]
    get: /${owner}/newest
    cursor: {field: updated_at, order: descending}
    columns: {id: bigint!, updated_at: timestamp!, text: string}
  log:
    ingestion: append
    keys: [id]
    get: /${owner}/newest
    columns: {id: bigint!, updated_at: timestamp!, text: string}
  all:
    ingestion: snapshot
    keys: [id]
    get: /${owner}/newest
    columns: {id: bigint!, updated_at: timestamp!, text: string}
  notes:
    ingestion: cdc
    keys: [id]
    for_each: issues as issue
    where: ${issue.id != 3}
    get: /${owner}/issues/${issue.id}/notes
    add: {issue_id: "${issue.id}"}
    cursor: written_at
    columns: {id: bigint!, issue_id: bigint!, written_at: timestamp}
)";

struct Record {
  long long id = 0;
  long long second = 0;  ///< of 2026-01-01T00:00:00Z on
  std::string text = "";
};

std::string time_text(long long second) {
  return to_rfc3339(Timestamp(std::chrono::seconds(1'767'225'600 + second)));
}

std::string to_json(const std::vector<Record>& records) {
  Json list = Json::array();
  for (const Record& record : records) {
    list.push_back(
        {{"id", record.id}, {"updated_at", time_text(record.second)}, {"text", record.text}});
  }
  return inlet::to_text(list);
}

/// Serves issues as GitHub does: `since`, pages by number, Link headers, changes between requests.
struct Api {
  std::vector<Record> records;
  bool is_exclusive = false;
  int hour = 10;  ///< of the Date header
  std::function<void(std::size_t num_requests)> before_answer = [](std::size_t) {};
  std::size_t num_requests = 0;
  std::size_t broken_request = 0;

  net::Response operator()(const Asked& asked) {
    before_answer(++num_requests);
    if (num_requests == broken_request) return json_answer(R"({"message": "no"})", 418);
    if (asked.path.ends_with("/notes")) return notes(asked);
    const bool is_newest = asked.path.ends_with("/newest");
    std::vector<Record> found;
    for (const Record& record : records) {
      const std::string at = time_text(record.second);
      const auto since = asked.query.find("since");
      const bool is_in = since == asked.query.end() || at > since->second ||
                         (!is_exclusive && at == since->second);
      if (is_in) found.push_back(record);
    }
    std::sort(found.begin(), found.end(), [&](const Record& a, const Record& b) {
      return is_newest ? std::pair(-a.second, a.id) < std::pair(-b.second, b.id)
                       : std::pair(a.second, a.id) < std::pair(b.second, b.id);
    });
    return page_of(asked, found);
  }

  static net::Response notes(const Asked& asked) {
    const std::string id = asked.path.substr(13, asked.path.rfind('/') - 13);
    return json_answer(format(R"([{{"id": {}1, "written_at": "2026-01-01T00:00:00Z"}}])", id));
  }

  net::Response page_of(const Asked& asked, const std::vector<Record>& found) {
    const auto number = [&](const char* name, std::size_t fallback) {
      const auto value = asked.query.find(name);
      return value == asked.query.end() ? fallback : std::stoul(value->second);
    };
    const std::size_t size = number("per_page", 2);
    const std::size_t page = number("page", 1);
    const std::size_t first = std::min(found.size(), (page - 1) * size);
    const std::size_t last = std::min(found.size(), first + size);
    auto response = json_answer(to_json(
        {found.begin() + static_cast<long>(first), found.begin() + static_cast<long>(last)}));
    response.headers.add("Date", format("Thu, 01 Jan 2026 {:02}:00:00 GMT", hour));
    if (last == found.size()) return response;
    auto query = asked.query;
    query["page"] = std::to_string(page + 1);
    std::string url = "https://api.example.com" + asked.path;
    char separator = '?';
    for (const auto& [name, value] : query) {
      url += std::exchange(separator, '&') + name + "=" + value;
    }
    response.headers.add("Link", "<" + url + ">; rel=\"next\"");
    return response;
  }
};

/// What a pipeline would have: rows by key, committed page by page.
class Reader {
 public:
  explicit Reader(Api& api) : api_(api), http_([&](const Asked& asked) { return api_(asked); }) {
    const SourceContext context{clock_, http_, no_store(), {}};
    const auto specs = connection_options(kSpec, "demo.yaml");
    auto source = make_source(kSpec, "demo.yaml",
                              *Options::make(*specs, {{"token", "s3cret"}}, "connection"), context);
    if (!source) ADD_FAILURE() << source.error().message;
    source_ = *std::move(source);
  }

  /// Reads once; the number of new rows, or the error.
  Result<std::size_t> read(const std::string& table,
                           std::map<std::string, std::string> options = {}) {
    options["owner"] = "octo";
    PageList sink;
    const ReadRequest request{.table = {table, options}, .start = offset};
    const auto end = source_->read_table(request, sink);
    last_pages = sink.pages;
    std::size_t num_new = 0;
    for (const Page& page : sink.pages) num_new += take(page);
    if (!end) {
      if (!sink.pages.empty()) offset = sink.pages.back().offset;
      return std::unexpected(end.error());
    }
    if (!sink.pages.empty()) {
      EXPECT_EQ(*end, sink.pages.back().offset);
    }
    is_unchanged = *end == offset;
    offset = *end;
    return num_new;
  }
  /// Until nothing comes.
  std::size_t read_all(const std::string& table,
                       const std::map<std::string, std::string>& options) {
    for (std::size_t num_reads = 0; num_reads < 100; ++num_reads) {
      const auto num_new = read(table, options);
      if (!num_new) ADD_FAILURE() << num_new.error().message;
      if (!num_new || *num_new == 0) return num_reads;
    }
    ADD_FAILURE() << "the read never ends";
    return 0;
  }

  Offset offset;
  bool is_unchanged = false;
  std::map<long long, std::string> rows;
  std::map<long long, int> times_delivered;
  std::vector<Page> last_pages;
  std::vector<std::string>& urls() { return http_.urls; }
  Source& source() { return *source_; }

 private:
  std::size_t take(const Page& page) {
    std::size_t num_new = 0;
    const auto is_in = [](const auto& list, std::uint32_t position) {
      return std::find(list.begin(), list.end(), position) != list.end();
    };
    const auto status = decode::scan_records(
        page, {"/id", "/text"}, [&](const decode::ScannedRecord& record) -> Status {
          if (is_in(page.duplicates, record.position) || is_in(page.filtered, record.position)) {
            return {};
          }
          const long long id = std::stoll(std::string(record.values[0]));
          rows[id] = record.values[1];
          ++times_delivered[id];
          ++num_new;
          return {};
        });
    EXPECT_TRUE(status);
    return num_new;
  }

  Api& api_;
  ScriptedHttp http_;
  StillClock clock_{Timestamp(std::chrono::seconds(1'767'225'600 + 7200))};
  std::unique_ptr<Source> source_;
};

std::vector<Record> six_issues() {
  return {{1, 10}, {2, 20}, {3, 30}, {4, 30}, {5, 30}, {6, 40}};
}

void expect_once_each(const Reader& reader, std::size_t expected) {
  EXPECT_EQ(reader.rows.size(), expected);
  for (const auto& [id, times] : reader.times_delivered) EXPECT_EQ(times, 1) << "id " << id;
}

TEST(TableReader, ReadsEverythingOnceAndThenNothing) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("issues"), 6U);
  expect_once_each(reader, 6);
  EXPECT_EQ(reader.offset.text("cursor", ""), time_text(40));
  EXPECT_EQ(*reader.read("issues"), 0U);
  EXPECT_TRUE(reader.is_unchanged);
}

// D2: a cap of 2 or 3 with a lookback of 300 s read 2 of 6 and stopped for good.
TEST(TableReader, ReadsAllRowsAtAnyCapWithALookback) {
  for (const char* size : {"1", "2", "3", "100"}) {
    for (const char* cap : {"1", "2", "3", "4", "6", "7"}) {
      for (const bool is_exclusive : {false, true}) {
        Api api{six_issues(), is_exclusive};
        Reader reader(api);
        reader.read_all("issues",
                        {{"max_records", cap}, {"page_size", size}, {"lookback", "300s"}});
        SCOPED_TRACE(format("cap {} size {} exclusive {}", cap, size, is_exclusive));
        expect_once_each(reader, 6);
      }
    }
  }
}

// D1: rows with an unchanged offset.
TEST(TableReader, MovesTheOffsetWithEveryRow) {
  Api api{six_issues()};
  Reader reader(api);
  while (true) {
    const std::size_t num_new = *reader.read("issues", {{"max_records", "1"}});
    EXPECT_EQ(reader.is_unchanged, num_new == 0);
    if (num_new == 0) break;
  }
  expect_once_each(reader, 6);
}

// D3: records that share a timestamp at the cap.
TEST(TableReader, LosesNoTieAtACapOrPageBoundary) {
  std::vector<Record> records;
  for (long long id = 1; id <= 8; ++id) records.push_back({id, id <= 2 ? 5 : 9});
  for (const char* anchor : {"0", "1", "2"}) {
    for (const char* cap : {"1", "2", "3", "5"}) {
      Api api{records};
      Reader reader(api);
      reader.read_all("issues",
                      {{"max_records", cap}, {"lookback", "0s"}, {"anchor_every", anchor}});
      SCOPED_TRACE(format("cap {} anchor {}", cap, anchor));
      expect_once_each(reader, 8);
    }
  }
}

TEST(TableReader, DeliversWhatArrivesLateInsideOfTheLookback) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("issues"), 6U);
  api.records.push_back({7, 25});
  EXPECT_EQ(*reader.read("issues"), 1U);
  EXPECT_EQ(*reader.read("issues"), 0U);
  expect_once_each(reader, 7);
}

TEST(TableReader, DeliversAChangeWithinTheSameSecond) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("issues"), 6U);
  api.records[5].text = "changed";
  EXPECT_EQ(*reader.read("issues"), 1U);
  EXPECT_EQ(reader.rows[6], "\"changed\"");
}

TEST(TableReader, LosesNothingWhenPagesShiftUnderIt) {
  for (const bool is_exclusive : {false, true}) {
    std::vector<Record> records;
    for (long long id = 1; id <= 20; ++id) records.push_back({id, id / 3});
    Api api{records, is_exclusive};
    // Before the third answer the first record changes: what followed it moves one place forward.
    api.before_answer = [&](std::size_t num_requests) {
      if (num_requests == 3) api.records[0] = {1, 5000, "changed"};
      if (num_requests == 5) api.records.erase(api.records.begin() + 1);
    };
    Reader reader(api);
    EXPECT_TRUE(reader.read("issues"));
    EXPECT_TRUE(reader.read("issues"));
    EXPECT_EQ(reader.rows.size(), 20U);
    EXPECT_EQ(reader.rows[1], "\"changed\"");
  }
}

// The pages that the test above needs: without anchors, page numbers alone lose a record.
TEST(TableReader, WithoutAnchorsAShiftLosesARecord) {
  std::vector<Record> records;
  for (long long id = 1; id <= 20; ++id) records.push_back({id, id});
  Api api{records};
  api.before_answer = [&](std::size_t num_requests) {
    if (num_requests == 3) api.records[0] = {1, 5000, "changed"};
  };
  Reader reader(api);
  EXPECT_TRUE(reader.read("issues", {{"anchor_every", "0"}}));
  EXPECT_EQ(reader.rows.size(), 19U);
}

TEST(TableReader, EndsAtTheServersClockAndReadsTheRestNextTime) {
  Api api{six_issues()};
  api.records.push_back({7, 36'001});  // a second after the Date header
  Reader reader(api);
  EXPECT_EQ(*reader.read("issues"), 6U);
  EXPECT_EQ(reader.offset.json().contains("upper"), false);
  api.records.back().second = 36'000;
  EXPECT_EQ(*reader.read("issues"), 1U);
}

TEST(TableReader, GoesOnAfterAFailureWhereItsLastPageLed) {
  for (std::size_t failing = 2; failing <= 4; ++failing) {
    Api api{six_issues()};
    Reader reader(api);
    api.broken_request = failing;
    const auto failed = reader.read("issues", {{"page_size", "2"}});
    ASSERT_FALSE(failed) << failing;
    EXPECT_EQ(failed.error().kind, ErrorKind::Config);
    EXPECT_FALSE(reader.offset.is_start());
    EXPECT_FALSE(reader.rows.empty());
    reader.read_all("issues", {});
    expect_once_each(reader, 6);
  }
}

TEST(TableReader, AReadThatWasCutShortEndsNowAndNotWhereItWasToEnd) {
  for (const char* table : {"issues", "notes"}) {
    for (std::size_t failing = 2; failing <= 4; ++failing) {
      Api api{six_issues()};
      Reader reader(api);
      api.broken_request = failing;
      ASSERT_FALSE(reader.read(table, {{"page_size", "2"}})) << failing;
      // What follows is behind the frozen end of the failed read.
      api.hour = 12;
      api.records.push_back({7, 36'001});
      api.records[1] = {2, 40'000, "changed"};
      ASSERT_TRUE(reader.read(table)) << failing;
      EXPECT_EQ(reader.rows.count(table == std::string("issues") ? 7 : 71), 1U) << failing;
      EXPECT_FALSE(reader.offset.json().dump().contains("upper")) << reader.offset.to_text();
      EXPECT_EQ(*reader.read(table), 0U) << table << failing;
      EXPECT_TRUE(reader.is_unchanged);
    }
  }
}

TEST(TableReader, AReadThatIsCutShortAgainLosesAndDoublesNothing) {
  bool has_failed_behind_the_first_end = false;
  for (std::size_t failing = 1; failing <= 12; ++failing) {
    Api api{six_issues()};
    Reader reader(api);
    api.broken_request = 3;
    ASSERT_FALSE(reader.read("issues", {{"page_size", "2"}}));
    api.hour = 12;
    for (long long id = 7; id < 12; ++id) api.records.push_back({id, 36'000 + id});
    api.broken_request = api.num_requests + failing;
    const auto again = reader.read("issues", {{"page_size", "2"}});
    has_failed_behind_the_first_end |= !again && reader.rows.contains(7);
    api.hour = 14;
    reader.read_all("issues", {{"page_size", "2"}});
    expect_once_each(reader, 11);
  }
  EXPECT_TRUE(has_failed_behind_the_first_end);
}

TEST(TableReader, ADescendingCursorStopsAtWhatItKnows) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("newest"), 6U);
  for (std::size_t i = 0; i + 1 < reader.last_pages.size(); ++i) {
    EXPECT_TRUE(reader.last_pages[i].offset.is_start());
  }
  api.records[0] = {1, 50, "changed"};
  api.num_requests = 0;
  EXPECT_EQ(*reader.read("newest"), 1U);
  EXPECT_EQ(api.num_requests, 2U);
  EXPECT_EQ(*reader.read("newest"), 0U);
  EXPECT_TRUE(reader.is_unchanged);
}

TEST(TableReader, AnAppendTableWithoutCursorDeliversEachKeyOnce) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("log"), 6U);
  EXPECT_EQ(*reader.read("log"), 0U);
  api.records.push_back({7, 1});
  EXPECT_EQ(*reader.read("log"), 1U);
  expect_once_each(reader, 7);
}

TEST(TableReader, ASnapshotIsReadInFullWithTheEmptyOffset) {
  Api api{six_issues()};
  Reader reader(api);
  reader.offset = Offset::at("cursor", "2026-01-01T00:00:00Z");
  EXPECT_EQ(*reader.read("all"), 6U);
  EXPECT_TRUE(reader.offset.is_start());
}

TEST(TableReader, ReadsForEachChangedParentAndRemembersThem) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("notes"), 5U);  // not those of issue 3
  EXPECT_EQ(reader.rows.count(11), 1U);
  EXPECT_EQ(reader.last_pages[0].added[0], std::pair(std::string("issue_id"), std::string("1")));
  EXPECT_EQ(*reader.read("notes"), 0U);
  EXPECT_TRUE(reader.is_unchanged);
  api.records[1] = {2, 60, "changed"};
  EXPECT_EQ(*reader.read("notes"), 1U);
}

TEST(TableReader, CapsParentsAndGoesOn) {
  for (const char* cap : {"1", "2", "3"}) {
    Api api{six_issues()};
    Reader reader(api);
    const std::size_t num_reads = reader.read_all("notes", {{"max_records", cap}});
    EXPECT_GE(num_reads, 5U / std::stoul(cap));
    expect_once_each(reader, 5);
  }
}

TEST(TableReader, EveryPageOffsetIsAPlaceToGoOnFrom) {
  Api api{six_issues()};
  Reader first(api);
  ASSERT_TRUE(first.read("issues", {{"page_size", "1"}}));
  const std::vector<Page> pages = first.last_pages;
  for (std::size_t stop = 0; stop < pages.size(); ++stop) {
    Reader reader(api);
    reader.offset = pages[stop].offset;
    reader.read_all("issues", {{"page_size", "1"}});
    EXPECT_EQ(reader.rows.size() + stop + 1, 6U) << "stopped after page " << stop;
  }
}

TEST(TableReader, LeavesOutWhatIsOlderThanStartAt) {
  Api api{six_issues()};
  Reader reader(api);
  EXPECT_EQ(*reader.read("issues", {{"start_at", time_text(30)}}), 4U);
  EXPECT_EQ(*reader.read("newest", {{"start_at", time_text(30)}}), 0U);
}

TEST(TableReader, RefusesRecordsThatAreNotInTheDeclaredOrder) {
  Api api;
  Reader reader(api);
  api.before_answer = [](std::size_t) {};
  ScriptedHttp http([](const Asked&) { return json_answer(to_json({{1, 20}, {2, 10}})); });
  StillClock clock{Timestamp(std::chrono::seconds(1'767'225'600 + 7200))};
  const SourceContext context{clock, http, no_store(), {}};
  const auto specs = connection_options(kSpec, "demo.yaml");
  auto source = make_source(kSpec, "demo.yaml", *Options::make(*specs, {}, "connection"), context);
  PageList sink;
  const auto end = (*source)->read_table({.table = {"issues", {{"owner", "o"}}}}, sink);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::Config);
  EXPECT_NE(end.error().message.find("not in ascending order of updated_at"), std::string::npos);
}

TEST(TableReader, SendsTheTokenAndCountsRequests) {
  Api api{six_issues()};
  std::string seen;
  ScriptedHttp http([&](const Asked& asked) {
    seen = asked.headers.at("Authorization");
    return api(asked);
  });
  StillClock clock{Timestamp(std::chrono::seconds(1'767'225'600 + 7200))};
  const SourceContext context{clock, http, no_store(), {}};
  const auto specs = connection_options(kSpec, "demo.yaml");
  auto source =
      make_source(kSpec, "demo.yaml", *Options::make(*specs, {{"token", "s3cret"}}, "c"), context);
  PageList sink;
  ASSERT_TRUE((*source)->read_table({.table = {"all", {{"owner", "o"}}}}, sink));
  EXPECT_EQ(seen, "Bearer s3cret");
  EXPECT_EQ((*source)->counts().requests, 3U);
  for (const Page& page : sink.pages) EXPECT_EQ(page.origin.url.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace inlet::rest
