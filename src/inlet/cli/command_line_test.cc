#include "inlet/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace inlet::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<Command>& known() {
  static const std::vector<Command> kCommands = commands();
  return kCommands;
}

std::string complaint(const std::vector<std::string>& words) {
  const auto invocation = parse(known(), words);
  if (invocation) return "no complaint";
  EXPECT_EQ(invocation.error().kind, ErrorKind::Config);
  return invocation.error().message;
}

TEST(CommandLine, ReadsACommandWithItsArguments) {
  const auto run = parse(known(), {"run", "p.yaml", "--warehouse=w", "--only", "a", "--only", "b,c",
                                   "--max-memory", "1GiB", "--every", "5m", "--json"});
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->command->name, "run");
  EXPECT_EQ(run->options.text("PIPELINE").value(), "p.yaml");
  EXPECT_EQ(run->options.text("--warehouse").value(), "w");
  EXPECT_THAT(run->options.list("--only").value(), ElementsAre("a", "b,c"));
  EXPECT_EQ(run->options.integer("--max-memory").value(), 1LL << 30);
  EXPECT_EQ(run->options.duration("--every").value(), std::chrono::minutes(5));
  EXPECT_TRUE(is_given(run->options, "--json"));
}

TEST(CommandLine, FillsDefaultsAndLeavesFlagsOut) {
  const auto run = parse(known(), {"run", "p.yaml"});
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->options.text("--warehouse").value(), "warehouse");
  EXPECT_FALSE(is_given(run->options, "--json"));
  EXPECT_TRUE(list_or_empty(run->options, "--only")->empty());
}

TEST(CommandLine, ReadsCommandsOfTwoWordsAndShortLetters) {
  const auto add = parse(known(), {"connection", "add", "c", "github", "token=${env:T}", "x=a b"});
  ASSERT_TRUE(add.has_value()) << add.error().message;
  EXPECT_EQ(add->command->name, "connection add");
  EXPECT_THAT(add->options.list("PARAMETER").value(), ElementsAre("token=${env:T}", "x=a b"));
  const auto show = parse(known(), {"show", "w/t", "-n", "7"});
  ASSERT_TRUE(show.has_value()) << show.error().message;
  EXPECT_EQ(show->options.integer("--limit").value(), 7);
}

TEST(CommandLine, SuggestsTheNearestCommandAndOption) {
  EXPECT_EQ(complaint({"rum", "p.yaml"}),
            "no command \"rum\" (did you mean \"run\"?); see: inlet --help");
  EXPECT_EQ(complaint({"connection", "ad"}),
            "no command \"connection ad\" (did you mean \"add\"?); see: inlet connection --help");
  EXPECT_EQ(
      complaint({"run", "p.yaml", "--warehous", "w"}),
      "inlet run does not take \"--warehous\" (did you mean \"--warehouse\"?); see: inlet run "
      "--help");
  EXPECT_EQ(complaint({"version", "now"}),
            "inlet version does not take \"now\"; see: inlet version --help");
}

TEST(CommandLine, NamesMissingAndBadValues) {
  EXPECT_EQ(complaint({"run"}),
            "option PIPELINE of inlet run is required: The pipeline spec, a YAML or JSON file.");
  EXPECT_THAT(complaint({"run", "p.yaml", "--max-memory", "lots"}),
              HasSubstr("option --max-memory of inlet run: expected a size"));
  EXPECT_THAT(complaint({"run", "p.yaml", "--every", "1ms"}), HasSubstr("below the minimum"));
  EXPECT_THAT(complaint({"schema", "pipelin"}), HasSubstr("did you mean \"pipeline\"?"));
  EXPECT_THAT(complaint({"connection"}), HasSubstr("needs to know what to do"));
}

TEST(CommandLine, PrintsHelp) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{}, {"help"}, {"--help"}, {"-h"}}) {
    const auto help = parse(known(), words);
    ASSERT_TRUE(help.has_value()) << help.error().message;
    EXPECT_EQ(help->command, nullptr);
    EXPECT_THAT(help->text, HasSubstr("Bring every table of a pipeline up to date."));
  }
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"help", "run"}, {"run", "--help"}}) {
    const auto help = parse(known(), words);
    ASSERT_TRUE(help.has_value()) << help.error().message;
    EXPECT_THAT(help->text, HasSubstr("--max-memory"));
    EXPECT_THAT(help->text, HasSubstr("inlet run github.yaml --only issues --every 5m"));
  }
  EXPECT_THAT(parse(known(), {"help", "connection", "add"})->text,
              HasSubstr("inlet connection add"));
  EXPECT_THAT(parse(known(), {"connection", "--help"})->text, HasSubstr("list"));
  EXPECT_THAT(parse(known(), {"help", "exit-codes"})->text, HasSubstr("130  Interrupted"));
  EXPECT_THAT(complaint({"help", "rum"}), HasSubstr("did you mean \"run\"?"));
}

TEST(CommandLine, ExplainsEveryArgumentOfEveryCommand) {
  std::set<std::string> names;
  for (const Command& command : known()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_TRUE(command.summary.ends_with('.')) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    for (const Argument& argument : command.arguments) {
      EXPECT_TRUE(argument.spec.help.ends_with('.')) << command.name << " " << argument.spec.name;
    }
    for (const std::string& example : command.examples) {
      EXPECT_THAT(example, HasSubstr("inlet " + command.name)) << command.name;
    }
  }
}

}  // namespace
}  // namespace inlet::cli
