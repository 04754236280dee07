#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "inlet/base/format.h"
#include "inlet/base/json.h"
#include "inlet/connect/connector_docs.h"
#include "inlet/connect/registry.h"
#include "inlet/data/batch_json.h"
#include "inlet/decode/decoder.h"
#include "inlet/rest/declarative.h"
#include "inlet/rest/scripted_http_test.h"
#include "testkit/github/simulator.h"

namespace inlet {
namespace {

using simulator::make_github_simulator;
using simulator::Simulator;
using simulator::SimulatorOptions;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

const std::filesystem::path kFolder = std::filesystem::path(INLET_SOURCE_DIR) / "connectors/github";

Result<ConnectorSpec> described() {
  return rest::describe(read_file(kFolder / "connector.yaml"), "github/connector.yaml");
}

// Decoded rows by their first key, each with all its columns but nulls.
struct Table {
  std::map<std::string, Json> rows;
  std::map<std::string, int> times;  ///< how often each was delivered
  std::size_t num_delivered = 0;
  std::size_t num_bad = 0;
  std::set<std::string> rescued;
};

class Github {
 public:
  Github(net::HttpClient& http, const Clock& clock, const std::string& base_url,
         std::map<std::string, std::string> connection = {{"token", "t0ken"}})
      : http_(http), clock_(clock) {
    connection["base_url"] = base_url;
    const Connector* connector = *find_connector(registry(), "github");
    const auto options = Options::make(*connector->connection_options(), connection, "connection");
    auto source = connector->make(*options, {clock_, http_, rest::no_store(), {}});
    if (!source) ADD_FAILURE() << source.error().message;
    source_ = *std::move(source);
  }

  /// One read; the number of live rows, or the error.
  Result<std::size_t> read(const std::string& name, std::map<std::string, std::string> options,
                           Table& table) {
    rest::PageList sink;
    const auto end = source_->read_table({.table = {name, options}, .start = offset}, sink);
    if (!end && sink.pages.empty()) return std::unexpected(end.error());
    const std::size_t before = table.num_delivered;
    const auto metadata = *source_->read_table_metadata({name, options});
    const Schema schema = *source_->get_table_schema({name, options});
    auto decoder = *decode::make_decoder(schema, {.keys = metadata.primary_keys});
    for (const Page& page : sink.pages) {
      const auto decoded = decoder->decode(page);
      if (!decoded) return std::unexpected(decoded.error());
      table.num_bad += decoded->bad.size();
      for (std::size_t i = 0; i < decoded->batch.num_rows(); ++i) {
        Json row = *parse_json(row_to_json(decoded->batch, i));
        if (!row["_rescued_data"].is_null())
          table.rescued.insert(inlet::to_text(row["_rescued_data"]));
        const std::string key = inlet::to_text(row[metadata.primary_keys.at(0)]);
        ++table.times[key];
        ++table.num_delivered;
        table.rows[key] = std::move(row);
      }
    }
    if (!end) return std::unexpected(end.error());
    is_unchanged = *end == offset;
    offset = *end;
    return table.num_delivered - before;
  }

  Offset offset;
  bool is_unchanged = false;
  Source& source() { return *source_; }

 private:
  net::HttpClient& http_;
  const Clock& clock_;
  std::unique_ptr<Source> source_;
};

std::map<std::string, std::string> options_of(const std::string& table) {
  if (table == "repositories" || table == "teams") return {{"org", "octo-org"}};
  if (table == "organizations" || table == "users") return {};
  return {{"owner", "octo-org"}, {"repo", "hello-world"}};
}

const Timestamp kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

struct World {
  rest::StillClock clock{kNow};
  std::unique_ptr<Simulator> simulator;
  std::unique_ptr<net::HttpClient> http = net::make_http_client({.user_agent = "inlet-test"});

  explicit World(SimulatorOptions options = {}) {
    if (options.counts.empty()) options.counts = {{"issues", 120}};
    options.clock = &clock;
    simulator = *make_github_simulator(options);
  }
  std::vector<Json> truth(const std::string& table) const {
    std::vector<Json> rows;
    const std::string lines = *simulator->truth(table);
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      if (end > at) rows.push_back(*parse_json(lines.substr(at, end - at)));
      at = end + 1;
    }
    return rows;
  }
};

TEST(Github, EveryTableEqualsTheTruth) {
  World world;
  for (const std::string& name : described()->table_names()) {
    SCOPED_TRACE(name);
    Github github(*world.http, world.clock, world.simulator->base_url());
    Table table;
    const auto count = github.read(name, options_of(name), table);
    ASSERT_TRUE(count) << count.error().message;
    std::vector<Json> truth = world.truth(name);
    std::erase_if(truth, [](const Json& row) {
      return row.contains("pull_request_url") && !row.contains("submitted_at");
    });
    EXPECT_EQ(table.rows.size(), truth.size());
    EXPECT_EQ(table.num_bad, 0U);
    EXPECT_TRUE(table.rescued.empty()) << *table.rescued.begin();
    const auto metadata = *github.source().read_table_metadata({name, options_of(name)});
    for (const Json& expected : truth) {
      const std::string key = inlet::to_text(expected.at(metadata.primary_keys[0]));
      ASSERT_TRUE(table.rows.contains(key)) << key;
      for (const auto& [member, value] : expected.items()) {
        if (!value.is_number() && !value.is_boolean()) continue;
        EXPECT_EQ(table.rows.at(key).at(member), value) << member;
      }
    }
    if (metadata.ingestion_type == IngestionType::Snapshot) continue;
    EXPECT_EQ(*github.read(name, options_of(name), table), 0U);
    EXPECT_TRUE(github.is_unchanged);
  }
}

// D2 of the contract: a cap of 2 or 3 with a lookback of 300 s read 2 of 6 issues and stopped for
// good.
TEST(Github, ReadsSixOfSixIssuesAtAnyCap) {
  for (const char* since : {"inclusive", "exclusive"}) {
    World world({.counts = {{"issues", 6}}, .settings = {{"since", since}, {"ties", "60"}}});
    for (const char* cap : {"1", "2", "3", "6"}) {
      SCOPED_TRACE(format("cap {} since {}", cap, since));
      Github github(*world.http, world.clock, world.simulator->base_url());
      auto options = options_of("issues");
      options["max_records"] = cap;
      options["lookback"] = "300s";
      Table table;
      for (int i = 0; i < 20; ++i) {
        const auto count = github.read("issues", options, table);
        ASSERT_TRUE(count) << count.error().message;
        EXPECT_EQ(github.is_unchanged, *count == 0);  // D1
        if (*count == 0) break;
      }
      EXPECT_EQ(table.rows.size(), 6U);
      EXPECT_EQ(table.num_delivered, 6U);
    }
  }
}

// D7 of the contract: the issues of two repositories are two tables, each with its own rows and
// offset.
TEST(Github, TwoRepositoriesAreTwoTables) {
  World world;
  Github first(*world.http, world.clock, world.simulator->base_url());
  Github second(*world.http, world.clock, world.simulator->base_url());
  Table hello;
  Table spoon;
  ASSERT_TRUE(first.read("issues", {{"owner", "octo-org"}, {"repo", "hello-world"}}, hello));
  ASSERT_TRUE(second.read("issues", {{"owner", "octo-org"}, {"repo", "spoon-knife"}}, spoon));
  EXPECT_EQ(hello.rows.size(), 120U);
  EXPECT_EQ(spoon.rows.size(), 12U);
  EXPECT_NE(first.offset, second.offset);
  for (const auto& [key, row] : spoon.rows) EXPECT_FALSE(hello.rows.contains(key));
}

TEST(Github, LosesNoTieAtAnyPageSize) {
  for (const char* since : {"inclusive", "exclusive"}) {
    World world({.counts = {{"issues", 150}}, .settings = {{"since", since}, {"ties", "90"}}});
    for (const char* size : {"1", "7", "100"}) {
      SCOPED_TRACE(format("page size {} since {}", size, since));
      Github github(*world.http, world.clock, world.simulator->base_url());
      auto options = options_of("issues");
      options["page_size"] = size;
      Table table;
      ASSERT_TRUE(github.read("issues", options, table));
      EXPECT_EQ(table.rows.size(), 150U);
      EXPECT_EQ(table.num_delivered, 150U);
    }
  }
}

TEST(Github, LosesNothingWhileIssuesChangeBetweenPages) {
  for (const char* name : {"issues", "comments", "pull_requests"}) {
    SCOPED_TRACE(name);
    World world(
        {.counts = {{"issues", 400}, {"comments", 300}},
         .settings = {{"mutate_every", "2"}, {"mutate", "issues=3+create_issues=1+comments=2"}}});
    Github github(*world.http, world.clock, world.simulator->base_url());
    auto options = options_of(name);
    options["page_size"] = "20";
    Table table;
    ASSERT_TRUE(github.read(name, options, table));
    // The next reads bring what changed meanwhile; a change that falls into the second of the read
    // is in one of them.
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(github.read(name, options, table));
    std::size_t num_missing = 0;
    for (const Json& row : world.truth(name)) {
      num_missing += table.rows.contains(inlet::to_text(row.at("id"))) ? 0U : 1U;
    }
    EXPECT_LE(num_missing, 1U);  // the one that came to be after the last page
    EXPECT_GT(table.rows.size(), name == std::string("pull_requests") ? 39U : 299U);
  }
}

TEST(Github, SurvivesFaultsWithTheSameRows) {
  World world;
  const auto fault = [](std::string_view text) { return *simulator::Fault::parse(text); };
  world.simulator->set_faults({fault("status=503,every=5"), fault("reset,at=4"),
                               fault("secondary_limit,at=7,retry_after=1"), fault("cut,at=9"),
                               fault("primary_limit,at=11,retry_after=1")});
  Github github(*world.http, world.clock, world.simulator->base_url());
  auto options = options_of("issues");
  options["page_size"] = "10";
  Table table;
  const auto count = github.read("issues", options, table);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(table.num_delivered, 120U);
  EXPECT_GT(github.source().counts().retries, 3U);
}

TEST(Github, TellsWhatIsWrongAndHowToMendIt) {
  World world({.settings = {{"token", "right"}, {"rights", "read"}}});
  const auto error = [&](const std::string& token, const std::string& table,
                         std::map<std::string, std::string> options) {
    Github github(*world.http, world.clock, world.simulator->base_url(), {{"token", token}});
    Table rows;
    const auto count = github.read(table, std::move(options), rows);
    return count ? Error{ErrorKind::Bug, "no error"} : count.error();
  };
  const Error wrong = error("wrong", "issues", options_of("issues"));
  EXPECT_EQ(wrong.kind, ErrorKind::Auth);
  EXPECT_NE(wrong.message.find("the token is wrong or has expired"), std::string::npos)
      << wrong.message;
  const Error forbidden = error("right", "collaborators", options_of("collaborators"));
  EXPECT_EQ(forbidden.kind, ErrorKind::Auth);
  EXPECT_NE(forbidden.message.find("push access"), std::string::npos) << forbidden.message;
  EXPECT_EQ(error("right", "branches", {{"owner", "octo-org"}, {"repo", "nothing"}}).kind,
            ErrorKind::NotFound);
  EXPECT_EQ(error("right", "branches", {{"owner", "octo-org"}}).kind, ErrorKind::Config);
  EXPECT_EQ(error("right", "issues", {{"owner", "octo-org"}, {"repo", "r"}, {"ower", "x"}}).message,
            "issues: no option \"ower\" for table issues (did you mean \"owner\"?)");
}

TEST(Github, AnEmptyRepositoryHasNoCommitsAndNoBranches) {
  World world;
  for (const char* name : {"commits", "branches", "issues"}) {
    Github github(*world.http, world.clock, world.simulator->base_url());
    Table table;
    const auto count = github.read(name, {{"owner", "octo-org"}, {"repo", "empty-repo"}}, table);
    ASSERT_TRUE(count) << count.error().message;
    EXPECT_EQ(*count, 0U);
  }
}

TEST(Github, BringsOnlyWhatChanged) {
  World world({.counts = {{"issues", 300}}});
  Github github(*world.http, world.clock, world.simulator->base_url());
  Table table;
  ASSERT_EQ(*github.read("issues", options_of("issues"), table), 300U);
  ASSERT_TRUE(world.simulator->mutate({{"issues", 5}}));
  const auto before = github.source().counts().requests;
  EXPECT_EQ(*github.read("issues", options_of("issues"), table), 5U);
  EXPECT_LE(github.source().counts().requests - before, 2U);
}

// What the real API answered once (npm @octokit/fixtures, fetched by tools/fetch_fixtures).
class Recorded final : public net::HttpClient {
 public:
  explicit Recorded(const std::filesystem::path& file) : exchanges_(*parse_json(read_file(file))) {}

  Result<net::Response> send(const net::Request& request) override {
    const std::string path = request.url.substr(request.url.find('/', 8));
    const std::string page = parameter(path, "page").value_or("1");
    for (const Json& exchange : exchanges_) {
      const std::string recorded = exchange["path"];
      const bool is_it = recorded.substr(0, recorded.find('?')) == path.substr(0, path.find('?')) &&
                         parameter(recorded, "page").value_or("1") == page;
      if (!is_it) continue;
      net::Response response;
      response.status = exchange["status"];
      response.url = request.url;
      response.body = inlet::to_text(exchange["response"]);
      for (const auto& [name, value] : exchange["headers"].items()) {
        if (value.is_string() && !name.starts_with("x-ratelimit")) {
          response.headers.add(name, value.get<std::string>());
        }
      }
      return response;
    }
    return fail(ErrorKind::Config, "nobody recorded " + path);
  }

 private:
  static std::optional<std::string> parameter(const std::string& path, const std::string& name) {
    for (const auto& [key, value] : net::query_of("http://host" + path)) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
  Json exchanges_;
};

TEST(Github, ReadsRecordedAnswersOfTheRealApi) {
  const char* cache = std::getenv("INLET_CACHE");
  const char* home = std::getenv("HOME");
  const std::filesystem::path root = cache != nullptr
                                         ? std::filesystem::path(cache)
                                         : std::filesystem::path(home) / ".cache/inlet";
  const auto file = root / "octokit-fixtures/package/scenarios/api.github.com/paginate-issues" /
                    "normalized-fixture.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "run tools/fetch_fixtures first";
  Recorded http(file);
  rest::StillClock clock(kNow);
  Github github(http, clock, "https://api.github.com");
  Table table;
  const std::map<std::string, std::string> options = {
      {"owner", "octokit-fixture-org"}, {"repo", "paginate-issues"}, {"page_size", "3"}};
  const auto count = github.read("issues", options, table);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(table.rows.size(), 13U);  // on five pages; the next links lead to /repositories/1000
  EXPECT_EQ(table.num_delivered, 13U);
  EXPECT_EQ(table.num_bad, 0U);
  EXPECT_TRUE(table.rescued.empty()) << *table.rescued.begin();
  EXPECT_EQ(*github.read("issues", options, table), 0U);
}

TEST(Github, EveryTableAndColumnHasASentence) {
  const auto spec = described();
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->tables.size(), 12U);
  for (const TableSpec& table : spec->tables) {
    EXPECT_FALSE(table.help.empty()) << table.name;
    for (const Field& field : table.schema.fields) {
      EXPECT_FALSE(field.comment.empty()) << table.name << "." << field.name;
    }
    for (const OptionSpec& option : table.options) {
      EXPECT_FALSE(option.help.empty()) << table.name << "." << option.name;
    }
  }
}

// INLET_UPDATE_DOCS=1 writes it.
TEST(Github, TheReadmeIsFresh) {
  const std::string expected = connector_markdown(*described());
  if (std::getenv("INLET_UPDATE_DOCS") != nullptr) {
    std::ofstream(kFolder / "README.md", std::ios::binary) << expected;
  }
  EXPECT_EQ(read_file(kFolder / "README.md"), expected)
      << "run INLET_UPDATE_DOCS=1 inlet_connector_github_test";
}

}  // namespace
}  // namespace inlet
