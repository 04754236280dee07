#include "inlet/pipeline/connection_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace inlet::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "ghp_very_secret";

class ConnectionStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/connections.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(std::string_view text, mode_t mode) const {
    const auto file = folder_ / "connections.yaml";
    std::ofstream(file) << text;
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }
  static std::string read(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static mode_t mode_of(const std::filesystem::path& file) {
    struct stat status = {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }

  std::filesystem::path folder_;
};

const std::vector<OptionSpec> kSpecs = {
    {.name = "token", .type = OptionType::Secret, .is_required = true, .help = "The token."},
    {.name = "base_url",
     .type = OptionType::Url,
     .default_value = "https://api.example.com",
     .help = "Where the API is."},
};

SecretResolver fake_resolver() {
  return {.environment = [](const std::string& name) -> std::optional<std::string> {
            if (name == "TOKEN") return kSecret;
            return std::nullopt;
          },
          .command = [](const std::string& command) -> Result<std::string> {
            if (command == "pass ${x}") return kSecret;
            return fail(ErrorKind::Config, "the command ended with exit code 1");
          }};
}

Connection connection(std::map<std::string, std::string> parameters) {
  return {.name = "c", .connector = "github", .parameters = std::move(parameters)};
}

TEST_F(ConnectionStoreTest, TakesAMissingOrEmptyFileAsAnEmptyStore) {
  EXPECT_TRUE(ConnectionStore::load(folder_ / "none.yaml")->list().empty());
  EXPECT_TRUE(ConnectionStore::load(write("\n", 0600))->list().empty());
  EXPECT_TRUE(ConnectionStore::load(write("connections:\n", 0600))->list().empty());
}

TEST_F(ConnectionStoreTest, ReadsConnectionsAndSuggestsTheNearestName) {
  const auto store = ConnectionStore::load(
      write("connections:\n  my_github:\n    connector: github\n    token: ${env:TOKEN}\n", 0600));
  ASSERT_TRUE(store.has_value()) << store.error().message;
  const auto found = store->find("my_github");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->connector, "github");
  EXPECT_EQ(found->parameters.at("token"), "${env:TOKEN}");
  EXPECT_THAT(found->place, ::testing::EndsWith("connections.yaml:3:5"));
  const auto missing = store->find("my_gihub");
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("did you mean \"my_github\"?"));
}

TEST_F(ConnectionStoreTest, NamesThePlaceOfAConnectionWithoutConnector) {
  const auto store = ConnectionStore::load(write("connections:\n  c: {token: x}\n", 0600));
  EXPECT_THAT(store.error().message, HasSubstr("connections.yaml:2:6: connection c names no"));
}

TEST_F(ConnectionStoreTest, WritesAFileThatOnlyItsOwnerCanRead) {
  const auto file = folder_ / "new" / "inlet" / "connections.yaml";
  auto store = ConnectionStore::load(file);
  ASSERT_TRUE(store->add(connection({{"token", "a \"quoted\": one"}})).has_value());
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(mode_of(file.parent_path()), 0700U);
  const auto again = ConnectionStore::load(file);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->find("c")->parameters.at("token"), "a \"quoted\": one");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
}

TEST_F(ConnectionStoreTest, KeepsWhatAPersonWroteWhenItAddsOne) {
  const auto file = write("# mine\nconnections:\n  a: {connector: files}  # old\n", 0644);
  auto store = ConnectionStore::load(file);
  ASSERT_TRUE(store->add(connection({{"token", "t"}})).has_value());
  EXPECT_THAT(read(file), ::testing::StartsWith("# mine\nconnections:\n  a: {connector: files}  # "
                                                "old\n"));
  EXPECT_EQ(mode_of(file), 0600U);
  EXPECT_EQ(ConnectionStore::load(file)->list().size(), 2U);
}

TEST_F(ConnectionStoreTest, WritesTheFileAnewWhereItCannotAppend) {
  const auto file = write("connections: {a: {connector: files}}\n", 0600);
  auto store = ConnectionStore::load(file);
  ASSERT_TRUE(store->add(connection({{"token", "one"}})).has_value());
  ASSERT_TRUE(store->add(connection({{"token", "two"}})).has_value());
  const auto again = ConnectionStore::load(file);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->list().size(), 2U);
  EXPECT_EQ(again->find("a")->connector, "files");
  EXPECT_EQ(again->find("c")->parameters.at("token"), "two");
}

TEST_F(ConnectionStoreTest, SaysWhyAFileCannotBeWritten) {
  auto store = ConnectionStore::load("/proc/inlet/connections.yaml");
  const Status status = store->add(connection({}));
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("cannot write /proc/inlet"));
}

TEST_F(ConnectionStoreTest, RefusesALiteralSecretThatOthersCanRead) {
  const auto file = write("connections: {c: {connector: github, token: ghp_very_secret}}\n", 0640);
  const auto store = ConnectionStore::load(file);
  const auto options = resolve(*store->find("c"), kSpecs, fake_resolver());
  ASSERT_FALSE(options.has_value());
  EXPECT_THAT(options.error().message, HasSubstr("chmod 600 " + file.string()));
  EXPECT_THAT(options.error().message, Not(HasSubstr(kSecret)));
  ::chmod(file.c_str(), 0600);
  EXPECT_TRUE(resolve(*ConnectionStore::load(file)->find("c"), kSpecs, fake_resolver()));
}

TEST_F(ConnectionStoreTest, LetsOthersReadAFileThatHoldsOnlyIndirections) {
  const auto file = write("connections: {c: {connector: github, token: '${env:TOKEN}'}}\n", 0644);
  const auto store = ConnectionStore::load(file);
  const auto options = resolve(*store->find("c"), kSpecs, fake_resolver());
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->secret("token")->reveal(), kSecret);
}

TEST(Resolve, ResolvesEnvironmentAndCommandsInsideTexts) {
  const auto options =
      resolve(connection({{"TOKEN", "a-${cmd:pass ${x}}-${env:TOKEN}"}}), kSpecs, fake_resolver());
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->secret("token")->reveal(), std::string("a-") + kSecret + "-" + kSecret);
  EXPECT_EQ(options->text("base_url").value(), "https://api.example.com");
}

TEST(Resolve, NamesTheVariableThatIsNotSet) {
  EXPECT_EQ(
      resolve(connection({{"token", "${env:NOPE}"}}), kSpecs, fake_resolver()).error().message,
      "connection c: parameter token: the environment variable NOPE is not set");
}

TEST(Resolve, SaysWhichIndirectionsThereAre) {
  EXPECT_THAT(
      resolve(connection({{"token", "${file:x}"}}), kSpecs, fake_resolver()).error().message,
      HasSubstr("only ${env:NAME} and ${cmd:COMMAND}"));
  EXPECT_THAT(resolve(connection({{"token", "${env:x"}}), kSpecs, fake_resolver()).error().message,
              HasSubstr("\"}\" is missing"));
}

TEST(Resolve, NeverShowsAResolvedValue) {
  const auto options =
      resolve(connection({{"token", "t"}, {"base_url", "${env:TOKEN}"}}), kSpecs, fake_resolver());
  ASSERT_FALSE(options.has_value());
  EXPECT_EQ(
      options.error().message,
      "connection c: parameter base_url: the value that it stands for is not valid: Where the "
      "API is.");
}

TEST(Resolve, NamesUnknownAndMissingParameters) {
  EXPECT_EQ(resolve(connection({{"tokn", kSecret}}), kSpecs, fake_resolver()).error().message,
            "no option \"tokn\" for connection c (did you mean \"token\"?)");
  EXPECT_THAT(resolve(connection({}), kSpecs, fake_resolver()).error().message,
              HasSubstr("option token of connection c is required"));
}

TEST_F(ConnectionStoreTest, SplitsAConnectorThatNamesAClass) {
  const auto file = write("connections: {shop: {connector: 'python:a.b:Shop', day: 1}}", 0600);
  const Connection shop = ConnectionStore::load(file)->find("shop").value();
  EXPECT_EQ(shop.connector, "python");
  EXPECT_EQ(shop.parameters,
            (std::map<std::string, std::string>{
                {"day", "1"}, {"python_class", "Shop"}, {"python_module", "a.b"}}));
  EXPECT_EQ(ConnectionStore::of({{.name = "x", .connector = "python:m:C"}}).list()[0].connector,
            "python");
}

TEST(Resolve, TakesWhatStandsForAnotherValueAsASecretWhereTheConnectorCannotSay) {
  const std::vector<OptionSpec> specs = {{.name = "*"}};
  const auto options =
      resolve(connection({{"user", "${env:TOKEN}"}, {"host", "h"}}), specs, fake_resolver());
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->secret("user")->reveal(), kSecret);
  EXPECT_EQ(options->text("host").value(), "h");
}

TEST(Resolve, RunsACommandAndTakesItsOutput) {
  const SecretResolver system = SecretResolver::system();
  EXPECT_EQ(system.command("printf 'abc\\n'").value(), "abc");
  const auto failed = system.command("echo ghp_very_secret; exit 3");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::Config);
  EXPECT_EQ(failed.error().message, "the command ended with exit code 3");
  EXPECT_EQ(system.environment("INLET_TEST_NOT_SET"), std::nullopt);
}

}  // namespace
}  // namespace inlet::pipeline
