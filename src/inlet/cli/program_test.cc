#include "inlet/cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "inlet/base/json.h"
#include "inlet/base/try.h"
#include "testkit/manual_clock.h"

namespace inlet::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Three numbered records, page by page; the offset is the number of records delivered.
class Letters final : public Source {
 public:
  explicit Letters(bool is_refused) : is_refused_(is_refused) {}

  Result<std::vector<std::string>> list_tables() override {
    return std::vector<std::string>{"letters"};
  }
  Result<Schema> get_table_schema(const TableRequest&) override {
    return Schema{{{"id", {TypeKind::Long}, false, "Its number."}, {"name", {}}}};
  }
  Result<TableMetadata> read_table_metadata(const TableRequest&) override {
    return TableMetadata{{"id"}, "id", IngestionType::Cdc};
  }
  Result<Offset> read_table(const ReadRequest& request, RecordSink& sink) override {
    if (is_refused_) return fail(ErrorKind::Auth, "the token was refused");
    const Offset end = Offset::at("n", "3");
    if (request.start == end) return end;
    Page page{.format = PageFormat::NdJson, .offset = end};
    page.body = R"({"id":1,"name":"a"}
{"id":2,"name":"b"}
{"id":3,"name":"c"}
)";
    TRY(sink.page(std::move(page)));
    return end;
  }
  Status check() override {
    if (is_refused_) return fail(ErrorKind::Auth, "the token was refused");
    return {};
  }

 private:
  bool is_refused_;
};

const Connector kConnector = {
    .name = "letters",
    .connection_options = [] -> Result<std::vector<OptionSpec>> {
      return std::vector<OptionSpec>{
          {.name = "token", .type = OptionType::Secret, .is_required = true, .help = "The token."},
          {.name = "zone", .help = "The zone.", .example = "eu"}};
    },
    .table_options = [](std::string_view table) -> Result<std::vector<OptionSpec>> {
      if (table != "letters") return fail(ErrorKind::NotFound, "no table like that");
      return std::vector<OptionSpec>{{.name = "alphabet", .help = "Which one."}};
    },
    .make = [](const Options& connection, const SourceContext&) -> Result<std::unique_ptr<Source>> {
      const Secret token = TRY(connection.secret("token"));
      return std::make_unique<Letters>(token.reveal() != "good");
    },
};

class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "inlet-cli-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("connections.yaml", "connections: {c: {connector: letters, token: '${env:TOKEN}'}}\n");
    write("p.yaml", "connection_name: c\nobjects: [{table: {source_table: letters}}]\n");
    environment_["TOKEN"] = "good";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream stream(folder_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  // With --connections; the words after it are the command's.
  ExitCode with_connections(std::vector<std::string> words) {
    words.insert(words.end(), {"--connections", path("connections.yaml")});
    return run(std::move(words));
  }
  ExitCode run(const std::vector<std::string>& words) {
    in_.str(input_);
    in_.clear();
    out_.str("");
    err_.str("");
    World world{
        .clock = clock_,
        .registry = {&kConnector, 1},
        .resolver = {.environment = [this](const std::string& name) -> std::optional<std::string> {
                       const auto found = environment_.find(name);
                       if (found == environment_.end()) return std::nullopt;
                       return found->second;
                     },
                     .command = [](const std::string&) -> Result<std::string> {
                       return fail(ErrorKind::Config, "no commands here");
                     }},
        .in = in_,
        .out = out_,
        .err = err_};
    return run_program(words, world);
  }

  std::filesystem::path folder_;
  std::map<std::string, std::string> environment_;
  std::string input_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  testkit::ManualClock clock_;
};

TEST_F(ProgramTest, SaysWhatIsWrongInOneLine) {
  EXPECT_EQ(run({"rum"}), ExitCode::Usage);
  EXPECT_EQ(err_.str(), "error: no command \"rum\" (did you mean \"run\"?); see: inlet --help\n");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ProgramTest, PrintsItsVersion) {
  EXPECT_EQ(run({"--version"}), ExitCode::Ok);
  const std::string text = out_.str();
  EXPECT_EQ(run({"version"}), ExitCode::Ok);
  EXPECT_EQ(out_.str(), text);
  EXPECT_THAT(text, StartsWith("inlet "));
}

TEST_F(ProgramTest, ListsTablesOfAConnectionOrAPipeline) {
  EXPECT_EQ(with_connections({"tables", "c"}), ExitCode::Ok) << err_.str();
  EXPECT_EQ(out_.str(), "letters\n");
  EXPECT_EQ(with_connections({"tables", path("p.yaml"), "--json"}), ExitCode::Ok) << err_.str();
  EXPECT_EQ(out_.str(), "[\"letters\"]\n");
}

TEST_F(ProgramTest, DescribesATable) {
  EXPECT_EQ(with_connections({"describe", "c", "letters"}), ExitCode::Ok) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("Its number."));
  EXPECT_THAT(out_.str(), HasSubstr("alphabet"));
  EXPECT_EQ(with_connections({"describe", "c", "letters", "--json"}), ExitCode::Ok);
  const Json table = parse_json(out_.str()).value();
  EXPECT_EQ(table["ingestion_type"], "cdc");
  EXPECT_EQ(table["schema"]["fields"][0]["name"], "id");
  EXPECT_EQ(with_connections({"describe", "c", "leters"}), ExitCode::Unavailable);
}

TEST_F(ProgramTest, ChecksAConnectionAndAPipeline) {
  EXPECT_EQ(with_connections({"check", path("p.yaml")}), ExitCode::Ok) << err_.str();
  EXPECT_EQ(out_.str(), "ok  connection c (letters)\nok  table letters\n");
  environment_["TOKEN"] = "bad";
  EXPECT_EQ(with_connections({"connection", "test", "c"}), ExitCode::Auth);
  EXPECT_THAT(err_.str(), HasSubstr("the token was refused"));
}

TEST_F(ProgramTest, NamesThePlaceOfWhatDoesNotFit) {
  write("p.yaml",
        "connection_name: c\nobjects:\n  - table:\n      source_table: letters\n"
        "      table_configuration: {alfabet: x}\n");
  EXPECT_EQ(with_connections({"check", path("p.yaml")}), ExitCode::Usage);
  EXPECT_THAT(err_.str(), HasSubstr("p.yaml:5:38: no option \"alfabet\" for table letters (did you "
                                    "mean \"alphabet\"?)"));
}

TEST_F(ProgramTest, RunsAPipelineAndRunsItAgain) {
  const std::vector<std::string> words = {"run", path("p.yaml"), "--warehouse", path("w"),
                                          "--json"};
  EXPECT_EQ(with_connections(words), ExitCode::Ok) << err_.str();
  const Json first = parse_json(out_.str()).value();
  EXPECT_EQ(first["tables"][0]["records"]["committed"], 3);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(with_connections(words), ExitCode::Ok) << err_.str();
  const Json second = parse_json(out_.str()).value();
  EXPECT_EQ(second["tables"][0]["records"]["fetched"], 0);

  EXPECT_EQ(run({"show", path("w/letters"), "--json", "--column", "name"}), ExitCode::Ok)
      << err_.str();
  EXPECT_EQ(out_.str(), "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"name\":\"c\"}\n");
  EXPECT_EQ(run({"show", path("w/letters"), "-n", "1"}), ExitCode::Ok);
  EXPECT_THAT(out_.str(), HasSubstr("1 of 3 rows"));
  EXPECT_EQ(run({"history", path("w/letters"), "--json"}), ExitCode::Ok) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("\"version\":0"));
}

TEST_F(ProgramTest, OptimizesAndVacuumsATable) {
  EXPECT_EQ(with_connections({"run", path("p.yaml"), "--warehouse", path("w"), "--json"}),
            ExitCode::Ok)
      << err_.str();
  EXPECT_EQ(run({"optimize", path("w/letters")}), ExitCode::Ok) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("before  1 files, "));
  EXPECT_THAT(out_.str(), HasSubstr("3 rows, 0 dead\n"));
  EXPECT_THAT(out_.str(), HasSubstr("write amplification 1.00 "));
  EXPECT_EQ(run({"optimize", path("w/letters"), "--full", "--json"}), ExitCode::Ok) << err_.str();
  const Json optimized = parse_json(out_.str()).value();
  EXPECT_EQ(optimized["commits"], 0);
  EXPECT_EQ(optimized["after"]["rows"], 3);

  write("w/letters/stray.parquet", "x");
  EXPECT_EQ(run({"vacuum", path("w/letters"), "--json"}), ExitCode::Ok) << err_.str();
  EXPECT_EQ(parse_json(out_.str()).value()["files"], 0) << "it is young";
  clock_.advance(std::chrono::years(100));
  EXPECT_EQ(run({"vacuum", path("w/letters"), "--dry-run"}), ExitCode::Ok) << err_.str();
  EXPECT_THAT(out_.str(),
              HasSubstr("stray.parquet\nwould delete 1 files, 1 B; 1 kept; retention "));
  EXPECT_EQ(run({"vacuum", path("w/letters"), "--retention", "1h"}), ExitCode::Usage);
  EXPECT_THAT(err_.str(), HasSubstr("--force"));
  EXPECT_EQ(run({"vacuum", path("w/letters"), "--retention", "1h", "--force"}), ExitCode::Ok);
  EXPECT_FALSE(std::filesystem::exists(path("w/letters/stray.parquet")));
}

TEST_F(ProgramTest, FailsARunWhoseTableFails) {
  environment_["TOKEN"] = "bad";
  EXPECT_EQ(
      with_connections({"run", path("p.yaml"), "--warehouse", path("w"), "--log-level", "error"}),
      ExitCode::TableFailed);
  EXPECT_THAT(out_.str(), HasSubstr("letters: auth: "));
  EXPECT_THAT(out_.str(), HasSubstr("what to do: "));
}

TEST_F(ProgramTest, PlansAndPreviewsWithoutWriting) {
  EXPECT_EQ(with_connections({"plan", path("p.yaml"), "--warehouse", path("w")}), ExitCode::Ok)
      << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("new table, from the start"));
  EXPECT_EQ(with_connections({"preview", path("p.yaml"), "-n", "2", "--json"}), ExitCode::Ok)
      << err_.str();
  EXPECT_THAT(out_.str(), StartsWith("{\"id\":1,\"name\":\"a\""));
  EXPECT_EQ(with_connections({"preview", path("p.yaml")}), ExitCode::Ok);
  EXPECT_THAT(out_.str(), HasSubstr("│  1 │ a"));
  EXPECT_FALSE(std::filesystem::exists(path("w")));
}

TEST_F(ProgramTest, ShowsWhatIsNotThere) {
  EXPECT_EQ(run({"show", path("nothing")}), ExitCode::Unavailable);
  EXPECT_THAT(err_.str(), StartsWith("error: "));
}

TEST_F(ProgramTest, AddsAndListsConnections) {
  EXPECT_EQ(
      with_connections({"connection", "add", "new", "letters", "token=${env:TOKEN}", "zone=eu"}),
      ExitCode::Ok)
      << err_.str();
  EXPECT_EQ(with_connections({"connection", "list", "--json"}), ExitCode::Ok);
  const Json list = parse_json(out_.str()).value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1]["parameters"], Json({{"token", "${env:TOKEN}"}, {"zone", "eu"}}));
  EXPECT_EQ(with_connections({"connection", "test", "new"}), ExitCode::Ok) << err_.str();
}

TEST_F(ProgramTest, TakesASecretFromStandardInputAndNeverFromTheCommandLine) {
  EXPECT_EQ(with_connections({"connection", "add", "new", "letters", "token=ghp_secret"}),
            ExitCode::Usage);
  EXPECT_THAT(err_.str(), HasSubstr("token=- to give it on standard input"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("ghp_secret")));
  input_ = "ghp_secret\n";
  EXPECT_EQ(with_connections({"connection", "add", "new", "letters", "token=-"}), ExitCode::Ok)
      << err_.str();
  EXPECT_THAT(read("connections.yaml"), HasSubstr("ghp_secret"));
  EXPECT_EQ(with_connections({"connection", "list"}), ExitCode::Ok);
  EXPECT_THAT(out_.str(), HasSubstr("token=***"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("ghp_secret")));
}

TEST_F(ProgramTest, RefusesAnUnknownParameterOfAConnection) {
  EXPECT_EQ(with_connections({"connection", "add", "new", "letters", "token=${env:T}", "zon=eu"}),
            ExitCode::Usage);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean \"zone\"?"));
}

TEST_F(ProgramTest, RefusesASecretOfTheStoreOnTheCommandLine) {
  EXPECT_EQ(run({"show", path("t"), "--store-option", "aws_secret_access_key=abc"}),
            ExitCode::Usage);
  EXPECT_THAT(err_.str(), HasSubstr("aws_secret_access_key=${env:NAME}"));
}

TEST_F(ProgramTest, PrintsSchemasForEditors) {
  for (const char* what : {"pipeline", "connector"}) {
    EXPECT_EQ(run({"schema", what}), ExitCode::Ok) << err_.str();
    EXPECT_TRUE(parse_json(out_.str()).value().contains("$schema"));
  }
}

TEST_F(ProgramTest, WritesReferencePagesFromItsOwnTables) {
  EXPECT_EQ(run({"docs", "--out", folder_.string()}), ExitCode::Ok) << err_.str();
  EXPECT_THAT(read("reference/cli.md"), HasSubstr("## inlet connection add"));
  EXPECT_THAT(read("reference/cli.md"), HasSubstr("| 130 | Interrupted"));
  EXPECT_THAT(read("reference/options.md"), HasSubstr("| `scd_type` | one of: SCD_TYPE_1"));
  const std::string page = read("reference/connectors/letters.md");
  EXPECT_THAT(page, HasSubstr("| `token` | secret | required | The token. |"));
  EXPECT_THAT(page, HasSubstr("### letters"));
  EXPECT_THAT(page, HasSubstr("| `id` | `bigint`, never null | Its number. |"));
}

}  // namespace
}  // namespace inlet::cli
