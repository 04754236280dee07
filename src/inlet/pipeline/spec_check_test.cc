#include "inlet/pipeline/spec_check.h"

#include <gtest/gtest.h>

namespace inlet::pipeline {
namespace {

const Connector kConnector = {
    .name = "fake",
    .connection_options = [] { return Result<std::vector<OptionSpec>>(); },
    .table_options = [](std::string_view table) -> Result<std::vector<OptionSpec>> {
      if (table != "issues") return fail(ErrorKind::NotFound, "no table like that");
      return std::vector<OptionSpec>{
          {.name = "owner", .is_required = true, .help = "The owner."},
          {.name = "pageSize",
           .type = OptionType::Integer,
           .default_value = "100",
           .help = "Records a page.",
           .maximum = 100},
      };
    },
    .make = nullptr,
};

Result<Options> check(std::string_view table, std::string_view configuration) {
  const std::string text = std::string("connection_name: c\nobjects:\n  - table:\n") +
                           "      source_table: " + std::string(table) +
                           "\n      table_configuration: {" + std::string(configuration) + "}\n";
  const auto spec = Spec::parse(*Document::parse(text, "p.yaml"), "p");
  EXPECT_TRUE(spec.has_value()) << spec.error().message;
  return check_source_options(spec->objects.at(0), kConnector);
}

TEST(SpecCheck, FillsDefaultsAndComparesNamesWithoutCase) {
  const auto options = check("issues", "OWNER: me, pagesize: 50");
  ASSERT_TRUE(options.has_value()) << options.error().message;
  EXPECT_EQ(options->text("owner").value(), "me");
  EXPECT_EQ(options->integer("pageSize").value(), 50);
}

TEST(SpecCheck, NamesThePlaceOfAnUnknownOptionAndTheNearestOne) {
  EXPECT_EQ(check("issues", "owner: me, ower: you").error().message,
            "p.yaml:5:46: no option \"ower\" for table issues (did you mean \"owner\"?)");
}

TEST(SpecCheck, SuggestsKeysOfTheEngineAsWell) {
  EXPECT_EQ(check("issues", "owner: me, primary_key: id").error().message,
            "p.yaml:5:53: no option \"primary_key\" for table issues (did you mean "
            "\"primary_keys\"?)");
}

TEST(SpecCheck, NamesThePlaceOfABadValue) {
  const auto options = check("issues", "owner: me, pagesize: 500");
  ASSERT_FALSE(options.has_value());
  EXPECT_TRUE(options.error().message.starts_with("p.yaml:5:50: option pageSize of table issues"))
      << options.error().message;
}

TEST(SpecCheck, NamesTheObjectWhereSomethingIsMissing) {
  EXPECT_EQ(check("issues", "").error().message,
            "p.yaml:4:7: option owner of table issues is required: The owner.");
  const auto options = check("isues", "");
  EXPECT_EQ(options.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(options.error().message, "p.yaml:4:7: no table like that");
}

}  // namespace
}  // namespace inlet::pipeline
