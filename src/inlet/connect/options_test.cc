#include "inlet/connect/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inlet {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<OptionSpec>& specs() {
  static const std::vector<OptionSpec> list = {
      {.name = "owner", .is_required = true, .help = "Account that owns the repository."},
      {.name = "page_size",
       .type = OptionType::Integer,
       .default_value = "100",
       .help = "Records a page.",
       .minimum = 1,
       .maximum = 100},
      {.name = "Strict", .type = OptionType::Boolean, .help = "Refuse."},
      {.name = "base_url", .type = OptionType::Url, .help = "Where."},
      {.name = "lookback",
       .type = OptionType::Duration,
       .default_value = "5m",
       .help = "Overlap.",
       .maximum = 3'600'000},
      {.name = "buffer", .type = OptionType::Bytes, .help = "Memory."},
      {.name = "state", .type = OptionType::Choice, .help = "Which.", .choices = {"open", "All"}},
      {.name = "repos", .type = OptionType::TextList, .help = "Names."},
      {.name = "extra", .type = OptionType::Json, .help = "More."},
      {.name = "token", .type = OptionType::Secret, .help = "Access token."},
  };
  return list;
}

Result<Options> make(std::map<std::string, std::string> given) {
  given.emplace("owner", "octo");
  return Options::make(specs(), given, "table issues");
}

std::string message_of(std::map<std::string, std::string> given) {
  const Result<Options> options = make(std::move(given));
  if (options) return "no error";
  EXPECT_EQ(options.error().kind, ErrorKind::Config);
  return options.error().message;
}

TEST(Options, ComparesNamesWithoutRegardToCase) {
  const Result<Options> options = make({{"PAGE_SIZE", "7"}, {"strict", "True"}});
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->integer("Page_Size"), 7);
  EXPECT_EQ(options->boolean("strict"), true);
  EXPECT_TRUE(options->has("OWNER"));
}

TEST(Options, FillsInDefaults) {
  const Result<Options> options = make({});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->integer("page_size"), 100);
  EXPECT_EQ(options->duration("lookback"), milliseconds(300'000));
  EXPECT_FALSE(options->has("repos"));
}

TEST(Options, ReadsEveryType) {
  const Result<Options> options = make({{"base_url", "https://api.example.com"},
                                        {"buffer", "64kB"},
                                        {"state", "all"},
                                        {"repos", "a, b ,,c"},
                                        {"extra", R"({"a": 1})"},
                                        {"token", "hush"}});
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->text("base_url"), "https://api.example.com");
  EXPECT_EQ(options->integer("buffer"), 64'000);
  EXPECT_EQ(options->text("state"), "All");
  EXPECT_THAT(options->list("repos").value(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(options->text("extra"), R"({"a": 1})");
  EXPECT_EQ(options->secret("token")->reveal(), "hush");
}

TEST(Options, ReadsAListAlsoAsJson) {
  const Result<Options> options = make({{"repos", R"(["a,b", "c"])"}});
  ASSERT_TRUE(options.has_value());
  EXPECT_THAT(options->list("repos").value(), ElementsAre("a,b", "c"));
  EXPECT_THAT(message_of({{"repos", "[1]"}}), HasSubstr("option repos of table issues: "));
}

TEST(Options, NamesTheNearestOptionForAnUnknownOne) {
  EXPECT_EQ(message_of({{"pagesize", "1"}}),
            "no option \"pagesize\" for table issues (did you mean \"page_size\"?)");
}

TEST(Options, RefusesOneNameInTwoSpellings) {
  EXPECT_THAT(message_of({{"Owner", "x"}}),
              HasSubstr("option owner of table issues is given twice"));
}

TEST(Options, AsksForWhatIsRequired) {
  const Result<Options> missing = Options::make(specs(), {}, "table issues");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().message,
            "option owner of table issues is required: Account that owns the repository.");
  EXPECT_FALSE(Options::make(specs(), {{"owner", ""}}, "table issues").has_value());
}

TEST(Options, NamesTheValueThatItRefuses) {
  EXPECT_EQ(message_of({{"page_size", "ten"}}),
            "option page_size of table issues: expected a whole number, got \"ten\"");
  EXPECT_EQ(message_of({{"page_size", "101"}}),
            "option page_size of table issues: 101 is above the maximum of 100");
  EXPECT_EQ(message_of({{"page_size", "0"}}),
            "option page_size of table issues: 0 is below the minimum of 1");
  EXPECT_EQ(message_of({{"lookback", "2h"}}),
            "option lookback of table issues: 7200000 ms is above the maximum of 3600000 ms");
  EXPECT_EQ(message_of({{"state", "opn"}}),
            "option state of table issues: \"opn\" is none of: open, All (did you mean \"open\"?)");
  EXPECT_THAT(message_of({{"strict", "yes"}}), HasSubstr("expected true or false, got \"yes\""));
  EXPECT_THAT(message_of({{"extra", "{"}}), HasSubstr("invalid JSON"));
}

TEST(Options, NeverRepeatsASecretOrUserInfo) {
  EXPECT_THAT(message_of({{"base_url", "https://joe:hush@example.com/?k=hush"}}),
              AllOf(HasSubstr("user name"), HasSubstr("example.com"), Not(HasSubstr("hush"))));
  const Result<Options> options = make({{"token", "hush"}});
  ASSERT_TRUE(options.has_value());
  const auto text = options->text("token");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().message, "option token of table issues is a secret, not a text");
}

TEST(Options, SaysWhyAValueCannotBeHad) {
  const Result<Options> options = make({});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->list("repos").error().message, "option repos of table issues is not given");
  EXPECT_EQ(options->integer("owner").error().message,
            "option owner of table issues is a text, not an integer");
  EXPECT_THAT(options->text("ownr").error().message, HasSubstr("did you mean \"owner\"?"));
}

TEST(Options, TakesAnyNameWhereAStarIsDeclared) {
  const std::vector<OptionSpec> specs = {{.name = "known", .default_value = "k"}, {.name = "*"}};
  const auto options = Options::make(specs, {{"clientId", "c"}, {"apiToken", "t"}}, "connection x");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->text("known").value(), "k");
  EXPECT_EQ(options->text("CLIENTID").value(), "c");
  EXPECT_EQ(options->secret("apiToken")->reveal(), "t");
  std::vector<std::string> names;
  for (const OptionSpec& spec : options->specs()) names.push_back(spec.name);
  EXPECT_EQ(names, (std::vector<std::string>{"known", "apiToken", "clientId"}));
}

TEST(Quantity, ReadsDurations) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("90s"), milliseconds(90'000));
  EXPECT_EQ(parse_duration("1h30m"), milliseconds(5'400'000));
  EXPECT_EQ(parse_duration("1D"), milliseconds(86'400'000));
  EXPECT_EQ(parse_duration("PT5M"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("P1DT2H"), milliseconds(93'600'000));
  EXPECT_EQ(parse_duration("0"), milliseconds(0));
  for (const char* bad : {"", "5", "m", "-5m", "5 m", "5x", "P", "PT", "P1M", "P1Y", "1.5h",
                          "99999999999999999999s", "9999999999999999w"}) {
    EXPECT_FALSE(parse_duration(bad).has_value()) << bad;
  }
}

TEST(Quantity, ReadsSizes) {
  EXPECT_EQ(parse_bytes("123"), 123);
  EXPECT_EQ(parse_bytes("512MiB"), 512LL << 20);
  EXPECT_EQ(parse_bytes("64kB"), 64'000);
  EXPECT_EQ(parse_bytes("1g"), 1LL << 30);
  EXPECT_EQ(parse_bytes("2T"), 2LL << 40);
  for (const char* bad : {"", "B", "-1", "1.5g", "1gg", "1m1k", "99999999999t"}) {
    EXPECT_FALSE(parse_bytes(bad).has_value()) << bad;
  }
}

}  // namespace
TEST(Options, TheNameTellsWhetherAValueIsASecret) {
  for (const char* name : {"api_key", "authToken", "pat", "github_pat", "githubPat", "PAT", "pat2",
                           "db-pass", "pwd", "basic_auth", "JWT", "sessionCookie"}) {
    EXPECT_TRUE(sounds_secret(name)) << name;
  }
  for (const char* name : {"path", "PATH", "patient", "pattern", "compat", "author", "passenger",
                           "bypassed", "access_key_id", "url"}) {
    EXPECT_FALSE(sounds_secret(name)) << name;
  }
}

}  // namespace inlet
